output "cluster_name" {
  description = "The ECS cluster."
  value       = aws_ecs_cluster.this.name
}

output "balancer" {
  description = "The load balancer: for CloudFront, and for alarms."
  value = {
    arn          = aws_lb.this.arn
    dns_name     = aws_lb.this.dns_name
    arn_suffix   = aws_lb.this.arn_suffix
    group_suffix = aws_lb_target_group.api.arn_suffix
  }
}

output "migrate_task" {
  description = "The task that brings the database up to date, which a deployment runs before anything else."
  value       = aws_ecs_task_definition.this["migrate"].arn
}

output "metrics_namespace" {
  description = "Where the workers' metrics of the queue are."
  value       = "Vitrine/${var.name}"
}
