# The way in: TLS, a firewall with a rate, nothing cached that is somebody's.
mock_provider "aws" {}
mock_provider "aws" {
  alias = "global"
}

variables {
  name            = "vitrine-test"
  domain          = "shop.example"
  certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/c"
  balancer = {
    arn               = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/a/1"
    dns_name          = "internal-a.example"
    security_group_id = "sg-b"
  }
  log_days = 30
}

run "the_way_in_is_guarded" {
  command   = plan
  providers = { aws = aws, aws.global = aws.global }
  assert {
    condition     = one(aws_cloudfront_distribution.this.viewer_certificate).minimum_protocol_version == "TLSv1.2_2021" && one(aws_cloudfront_distribution.this.default_cache_behavior).viewer_protocol_policy == "redirect-to-https"
    error_message = "Browsers may come in the clear, or by an old TLS."
  }
  assert {
    condition     = one(aws_cloudfront_vpc_origin.this.vpc_origin_endpoint_config).origin_protocol_policy == "https-only"
    error_message = "CloudFront asks the load balancer in the clear."
  }
  assert {
    condition     = anytrue([for rule in aws_wafv2_web_acl.this.rule : try(one(one(rule.statement).rate_based_statement).limit == 30000 && length(one(rule.action).block) == 1, false)])
    error_message = "Nobody is turned away who asks too often."
  }
  assert {
    condition = toset(["AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet"]) == toset(flatten([
      for rule in aws_wafv2_web_acl.this.rule : [for group in one(rule.statement).managed_rule_group_statement : group.name]
    ]))
    error_message = "Known attacks are let in."
  }
  assert {
    condition     = toset([for behavior in aws_cloudfront_distribution.this.ordered_cache_behavior : behavior.path_pattern]) == toset(["/assets/*", "/v1/media/*"])
    error_message = "Something is cached that may be somebody's."
  }
  assert {
    condition     = one(one(one(aws_cloudfront_cache_policy.pictures.parameters_in_cache_key_and_forwarded_to_origin).query_strings_config).query_string_behavior[*]) == "all" && aws_cloudfront_cache_policy.pictures.max_ttl <= 900
    error_message = "A picture is told to whoever has another signature, or for longer than one lasts."
  }
}
