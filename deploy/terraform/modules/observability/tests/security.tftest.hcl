# Somebody is told, of silence too.
mock_provider "aws" {}

variables {
  name    = "vitrine-test"
  mail    = "ops@shop.example"
  key_arn = "arn:aws:kms:eu-central-1:123456789012:key/k"
  watched = {
    cluster_name      = "c"
    balancer_suffix   = "app/a/1"
    group_suffix      = "targetgroup/a/1"
    database_id       = "d"
    redis_id          = "r"
    metrics_namespace = "Vitrine/vitrine-test"
  }
  dollars_a_month = 250
}

run "alarms_are_told" {
  override_resource {
    target = aws_sns_topic.alarms
    values = { arn = "arn:aws:sns:eu-central-1:123456789012:alarms" }
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.over : contains(alarm.alarm_actions, aws_sns_topic.alarms.arn)])
    error_message = "An alarm tells nobody."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.over["jobs-wait"].treat_missing_data == "breaching"
    error_message = "Nobody is told when all workers are silent."
  }
  assert {
    condition     = aws_sns_topic.alarms.kms_master_key_id == var.key_arn
    error_message = "Messages are stored in the clear."
  }
  assert {
    condition     = length(aws_budgets_budget.month.notification) == 2 && aws_budgets_budget.month.limit_amount == "250"
    error_message = "Nobody is told of the money."
  }
}
