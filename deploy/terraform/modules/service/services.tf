# What is kept running, how many of each, and how they find each other. There is no beat: a thread of every worker
# submits what is due, and the database sees to it that nothing is submitted twice.

locals {
  namespace  = "${var.name}.internal"
  services   = toset(["api", "worker", "ml", "chroma"])
  discovered = toset(["ml", "chroma"])
  scaled     = toset(["api", "worker", "ml"])
}

resource "aws_ecs_cluster" "this" {
  name = var.name
  setting {
    name  = "containerInsights" # counts running tasks, by which workers are scaled
    value = "enabled"
  }
}

resource "aws_service_discovery_private_dns_namespace" "this" {
  name = local.namespace
  vpc  = var.network.vpc_id
}

resource "aws_service_discovery_service" "this" {
  for_each = local.discovered
  name     = each.key
  dns_config {
    namespace_id   = aws_service_discovery_private_dns_namespace.this.id
    routing_policy = "MULTIVALUE"
    dns_records {
      type = "A"
      ttl  = 10
    }
  }
}

resource "aws_ecs_service" "this" {
  for_each         = local.services
  name             = each.key
  cluster          = aws_ecs_cluster.this.id
  task_definition  = aws_ecs_task_definition.this[each.key].arn
  desired_count    = var.sizes[each.key].least
  launch_type      = "FARGATE"
  platform_version = "LATEST"
  propagate_tags   = "SERVICE"

  # Two Chromas on the same files would break them: the old one ends before the new one begins. Searches go on from SQL
  # and from memory meanwhile (docs/reliability.md).
  deployment_minimum_healthy_percent = each.key == "chroma" ? 0 : 100
  deployment_maximum_percent         = each.key == "chroma" ? 100 : 200

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.network.private_subnet_ids
    security_groups  = [var.network.security_group_ids[each.key]]
    assign_public_ip = false
  }

  dynamic "load_balancer" {
    for_each = each.key == "api" ? [8000] : []
    content {
      target_group_arn = aws_lb_target_group.api.arn
      container_name   = "api"
      container_port   = load_balancer.value
    }
  }

  dynamic "service_registries" {
    for_each = contains(local.discovered, each.key) ? [each.key] : []
    content {
      registry_arn = aws_service_discovery_service.this[service_registries.value].arn
    }
  }

  lifecycle {
    ignore_changes = [desired_count] # scaling decides
  }
  depends_on = [aws_lb_listener.https, aws_iam_role_policy.execution, aws_iam_role_policy.task]
}
