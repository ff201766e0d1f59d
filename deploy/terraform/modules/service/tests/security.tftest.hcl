# What tasks may do, and how they are held.
mock_provider "aws" {}

variables {
  name = "vitrine-test"
  network = {
    vpc_id             = "vpc-1"
    cidr               = "10.60.0.0/16"
    private_subnet_ids = ["subnet-a", "subnet-b"]
    security_group_ids = { balancer = "sg-b", api = "sg-a", worker = "sg-w", ml = "sg-m", chroma = "sg-c" }
  }
  data = {
    database_host = "db.example"
    photos        = { name = "photos", arn = "arn:aws:s3:::photos" }
    files         = { id = "fs-1", arn = "arn:aws:elasticfilesystem:eu-central-1:123456789012:file-system/fs-1", access_point_id = "fsap-1", access_point_arn = "arn:aws:elasticfilesystem:eu-central-1:123456789012:access-point/fsap-1" }
    secret_arns   = { database-password = "arn:s:d", signing-secret = "arn:s:s", model-token = "arn:s:m", broker-url = "arn:s:b" }
    logs_bucket   = "logs"
  }
  images = {
    app    = "ghcr.io/vitrine/vitrine@sha256:0000000000000000000000000000000000000000000000000000000000000000"
    ml     = "ghcr.io/vitrine/vitrine-ml@sha256:0000000000000000000000000000000000000000000000000000000000000000"
    chroma = "chromadb/chroma@sha256:0000000000000000000000000000000000000000000000000000000000000000"
  }
  sizes = {
    api    = { cpu = 512, memory = 1024, least = 1, most = 2 }
    worker = { cpu = 512, memory = 1024, least = 1, most = 2 }
    ml     = { cpu = 2048, memory = 4096, least = 1, most = 2 }
    chroma = { cpu = 512, memory = 1024, least = 1, most = 1 }
  }
  certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/b"
  key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/k"
  log_days        = 30
  protected       = true
  search_engine   = "pgvector"
}

run "there_are_two_engines" {
  command = plan
  variables {
    search_engine = "chroma"
  }
  expect_failures = [var.search_engine]
}

run "a_tag_is_no_image" {
  command = plan
  variables {
    images = { app = "ghcr.io/vitrine/vitrine:latest", ml = "ghcr.io/vitrine/vitrine-ml:latest", chroma = "chromadb/chroma:1.5.9" }
  }
  expect_failures = [var.images]
}

run "tasks_are_held" {
  override_resource {
    target = aws_iam_role.execution
    values = { arn = "arn:aws:iam::123456789012:role/start" }
  }
  override_resource {
    target = aws_iam_role.task
    values = { arn = "arn:aws:iam::123456789012:role/task" }
  }
  override_resource {
    target = aws_service_discovery_service.this
    values = { arn = "arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1" }
  }
  override_resource {
    target = aws_lb.this
    values = { arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/a/1", arn_suffix = "app/a/1" }
  }
  override_resource {
    target = aws_lb_target_group.api
    values = { arn = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/a/1", arn_suffix = "targetgroup/a/1" }
  }
  assert {
    condition = alltrue(flatten([for task in aws_ecs_task_definition.this : [for container in jsondecode(task.container_definitions) :
      container.readonlyRootFilesystem && container.user == "10001:10001" && container.linuxParameters.capabilities.drop == ["ALL"]
    ]]))
    error_message = "A container writes to its root, is root, or has capabilities."
  }
  assert {
    condition = alltrue(flatten([for task in aws_ecs_task_definition.this : [for container in jsondecode(task.container_definitions) :
      [for variable in container.environment : !can(regex("(PASSWORD|SECRET|TOKEN|BROKER)", variable.name)) && !strcontains(variable.value, "://:")]
    ]]))
    error_message = "A secret is told as a plain variable."
  }
  assert {
    condition     = alltrue([for service in aws_ecs_service.this : !one(service.network_configuration).assign_public_ip && service.enable_execute_command != true])
    error_message = "A task has an address on the internet, or people can run commands in it."
  }
  assert {
    condition     = aws_ecs_service.this["chroma"].deployment_maximum_percent == 100 && aws_ecs_service.this["chroma"].deployment_minimum_healthy_percent == 0
    error_message = "Two Chromas could write the same files."
  }
  assert {
    condition     = alltrue([for service in aws_ecs_service.this : one(service.deployment_circuit_breaker).rollback])
    error_message = "A deployment that fails does not go back."
  }

  # Least privilege.
  assert {
    condition     = toset(keys(aws_iam_role_policy.task)) == toset(["api", "worker", "chroma"])
    error_message = "The model server or a migration may do something in AWS."
  }
  assert {
    condition = alltrue(flatten([for policy in concat(values(aws_iam_role_policy.task), values(aws_iam_role_policy.execution)) :
      [for statement in jsondecode(policy.policy).Statement : [
        for action in flatten([statement.Action]) : !strcontains(action, "*")
      ]]
    ]))
    error_message = "A role may do whatever there is of a service."
  }
  assert {
    condition = alltrue(flatten([for policy in concat(values(aws_iam_role_policy.task), values(aws_iam_role_policy.execution)) :
      [for statement in jsondecode(policy.policy).Statement : [
        for resource in flatten([statement.Resource]) : resource != "*"
      ]]
    ]))
    error_message = "A role may do something to everything."
  }
  assert {
    condition     = !strcontains(aws_iam_role_policy.execution["ml"].policy, "arn:s:d")
    error_message = "The model server can read the database's password."
  }

  # Whoever writes products writes what is searched of them, so all are told the same.
  assert {
    condition = alltrue([for part in ["api", "worker", "migrate"] : contains(
      [for variable in jsondecode(aws_ecs_task_definition.this[part].container_definitions)[0].environment : variable.value if variable.name == "VITRINE_SEARCH__ENGINE"],
      "pgvector",
    )])
    error_message = "A task does not know where products are searched."
  }

  # The way in.
  assert {
    condition     = aws_lb.this.internal && aws_lb.this.drop_invalid_header_fields && aws_lb.this.enable_deletion_protection
    error_message = "The load balancer is on the internet, lets bad headers pass, or can be deleted."
  }
  assert {
    condition     = aws_lb_listener.https.protocol == "HTTPS" && strcontains(aws_lb_listener.https.ssl_policy, "TLS13")
    error_message = "The load balancer speaks something weaker than TLS 1.2."
  }

  # Scaling, as the issue of each part asks.
  assert {
    condition     = toset(keys(aws_appautoscaling_target.this)) == toset(["api", "worker", "ml"])
    error_message = "Something is not scaled, or Chroma is."
  }
  assert {
    condition     = one([for metric in one(one(aws_appautoscaling_policy.worker.target_tracking_scaling_policy_configuration).customized_metric_specification).metrics : metric.expression if metric.return_data]) == "waiting / tasks"
    error_message = "Workers are not scaled by what waits for each of them."
  }
}
