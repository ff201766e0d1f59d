# How many tasks: the API's by requests, the workers' by how many jobs wait for each, the model servers' by their CPU.

resource "aws_appautoscaling_target" "this" {
  for_each           = local.scaled
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.this[each.key].name}"
  min_capacity       = var.sizes[each.key].least
  max_capacity       = var.sizes[each.key].most
}

resource "aws_appautoscaling_policy" "api" {
  name               = "requests"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this["api"].service_namespace
  scalable_dimension = aws_appautoscaling_target.this["api"].scalable_dimension
  resource_id        = aws_appautoscaling_target.this["api"].resource_id
  target_tracking_scaling_policy_configuration {
    target_value = var.targets.requests
    predefined_metric_specification {
      predefined_metric_type = "ALBRequestCountPerTarget"
      resource_label         = "${aws_lb.this.arn_suffix}/${aws_lb_target_group.api.arn_suffix}"
    }
  }
}

# Each worker process logs once a minute how many jobs wait and for how long the oldest has: {"event": "queue", ...}.
resource "aws_cloudwatch_log_metric_filter" "queue" {
  for_each       = { JobsWaiting = "$.waiting", OldestJobSeconds = "$.oldest_seconds" }
  name           = "${var.name}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.this["worker"].name
  pattern        = "{ $.event = \"queue\" }"
  metric_transformation {
    namespace = "Vitrine/${var.name}"
    name      = each.key
    value     = each.value
  }
}

resource "aws_appautoscaling_policy" "worker" {
  name               = "jobs"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this["worker"].service_namespace
  scalable_dimension = aws_appautoscaling_target.this["worker"].scalable_dimension
  resource_id        = aws_appautoscaling_target.this["worker"].resource_id
  target_tracking_scaling_policy_configuration {
    target_value      = var.targets.jobs
    scale_in_cooldown = 300 # jobs of a worker that ends begin anew elsewhere
    customized_metric_specification {
      metrics {
        id          = "waiting"
        return_data = false
        metric_stat {
          stat = "Average"
          metric {
            namespace   = "Vitrine/${var.name}"
            metric_name = "JobsWaiting"
          }
        }
      }
      metrics {
        id          = "tasks"
        return_data = false
        metric_stat {
          stat = "Average"
          metric {
            namespace   = "ECS/ContainerInsights"
            metric_name = "RunningTaskCount"
            dimensions {
              name  = "ClusterName"
              value = aws_ecs_cluster.this.name
            }
            dimensions {
              name  = "ServiceName"
              value = aws_ecs_service.this["worker"].name
            }
          }
        }
      }
      metrics {
        id          = "each"
        label       = "Jobs that wait, for each worker"
        expression  = "waiting / tasks"
        return_data = true
      }
    }
  }
}

resource "aws_appautoscaling_policy" "ml" {
  name               = "cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this["ml"].service_namespace
  scalable_dimension = aws_appautoscaling_target.this["ml"].scalable_dimension
  resource_id        = aws_appautoscaling_target.this["ml"].resource_id
  target_tracking_scaling_policy_configuration {
    target_value = var.targets.cpu
    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}
