# Who is told, and of what. docs/runbooks.md says what to do; the metrics of Vitrine itself are Prometheus' (docs/watching.md).

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.key_arn
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AlarmsTell"
      Effect    = "Allow"
      Principal = { Service = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"] }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.alarms.arn
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id } }
    }]
  })
}

data "aws_caller_identity" "this" {}

resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.mail
}

locals {
  balancer = { LoadBalancer = var.watched.balancer_suffix }
  group    = merge(local.balancer, { TargetGroup = var.watched.group_suffix })
  database = { DBInstanceIdentifier = var.watched.database_id }
  redis    = { ReplicationGroupId = var.watched.redis_id }
  queue    = {}

  # Each is looked at in `periods` of a minute. Where `missing` is breaching, silence is an alarm too.
  alarms = {
    errors = {
      says       = "The API answers with 5xx", namespace = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count"
      dimensions = local.balancer, statistic = "Sum", over = 20, periods = 5, missing = "notBreaching"
    }
    unhealthy = {
      says       = "A task of the API does not live", namespace = "AWS/ApplicationELB", metric = "UnHealthyHostCount"
      dimensions = local.group, statistic = "Maximum", over = 0, periods = 5, missing = "breaching"
    }
    slow = {
      says       = "One answer in twenty takes over two seconds", namespace = "AWS/ApplicationELB", metric = "TargetResponseTime"
      dimensions = local.balancer, statistic = "p95", over = 2, periods = 10, missing = "notBreaching"
    }
    jobs-wait = {
      says       = "The oldest job has waited for ten minutes, or no worker says anything"
      namespace  = var.watched.metrics_namespace, metric = "OldestJobSeconds"
      dimensions = local.queue, statistic = "Maximum", over = 600, periods = 5, missing = "breaching"
    }
    database-cpu = {
      says       = "The database is busy", namespace = "AWS/RDS", metric = "CPUUtilization"
      dimensions = local.database, statistic = "Average", over = 85, periods = 15, missing = "breaching"
    }
    database-connections = {
      says       = "The database runs out of connections", namespace = "AWS/RDS", metric = "DatabaseConnections"
      dimensions = local.database, statistic = "Maximum", over = 150, periods = 5, missing = "breaching"
    }
    redis-memory = {
      says       = "Redis is filling up", namespace = "AWS/ElastiCache", metric = "DatabaseMemoryUsagePercentage"
      dimensions = local.redis, statistic = "Maximum", over = 80, periods = 5, missing = "breaching"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "over" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.says
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.over
  period              = 60
  evaluation_periods  = each.value.periods
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "database_storage" {
  alarm_name          = "${var.name}-database-storage"
  alarm_description   = "The database has less than 5 GB of room left, and grows by itself to its limit only"
  namespace           = "AWS/RDS"
  metric_name         = "FreeStorageSpace"
  dimensions          = local.database
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 5000000000
  period              = 300
  evaluation_periods  = 3
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_budgets_budget" "month" {
  name         = "${var.name}-month"
  budget_type  = "COST"
  limit_amount = tostring(var.dollars_a_month)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "TagKeyValue"
    values = ["user:environment$${var.name}"]
  }

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }
    content {
      notification_type          = notification.key
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      comparison_operator        = "GREATER_THAN"
      subscriber_email_addresses = [var.mail]
    }
  }
}
