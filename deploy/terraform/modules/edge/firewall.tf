# What is turned away before anything of ours sees it: floods, and what is known to be an attack.

locals {
  # Rules that AWS keeps. Photos and catalogues are larger than the 8 kB that its size rule allows: that one counts only.
  managed = {
    AWSManagedRulesAmazonIpReputationList = []
    AWSManagedRulesKnownBadInputsRuleSet  = []
    AWSManagedRulesCommonRuleSet          = ["SizeRestrictions_BODY"]
  }
}

resource "aws_wafv2_web_acl" "this" {
  # checkov:skip=CKV_AWS_192:AWSManagedRulesKnownBadInputsRuleSet is there, by a dynamic block that checkov does not read; a test asserts it
  provider = aws.global
  name     = var.name
  scope    = "CLOUDFRONT"

  default_action {
    allow {}
  }

  rule {
    name     = "rate"
    priority = 0
    action {
      block {}
    }
    statement {
      rate_based_statement {
        limit                 = var.requests_in_five_minutes
        evaluation_window_sec = 300
        aggregate_key_type    = "IP"
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "rate"
      sampled_requests_enabled   = true
    }
  }

  dynamic "rule" {
    for_each = local.managed
    content {
      name     = rule.key
      priority = 1 + index(keys(local.managed), rule.key)
      override_action {
        none {}
      }
      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.key
          dynamic "rule_action_override" {
            for_each = rule.value
            content {
              name = rule_action_override.value
              action_to_use {
                count {}
              }
            }
          }
        }
      }
      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.key
        sampled_requests_enabled   = true
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = true
  }
}

resource "aws_cloudwatch_log_group" "firewall" {
  # checkov:skip=CKV_AWS_158:in us-east-1, where the environment's key is not; it holds addresses and paths of what was turned away
  # checkov:skip=CKV_AWS_338:how long addresses of people are kept is the shop's choice; a year in prod
  provider          = aws.global
  name              = "aws-waf-logs-${var.name}" # the firewall writes to groups of such names only
  retention_in_days = var.log_days
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  provider                = aws.global
  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.firewall.arn]
  logging_filter {
    default_behavior = "DROP"
    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"
      condition {
        action_condition {
          action = "BLOCK"
        }
      }
      condition {
        action_condition {
          action = "COUNT"
        }
      }
    }
  }
  redacted_fields {
    single_header {
      name = "authorization"
    }
  }
  redacted_fields {
    single_header {
      name = "cookie"
    }
  }
}
