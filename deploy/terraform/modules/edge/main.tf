# The way in: CloudFront with TLS and a firewall, and behind it the load balancer, which only CloudFront reaches.

resource "aws_cloudfront_vpc_origin" "this" {
  vpc_origin_endpoint_config {
    name                   = var.name
    arn                    = var.balancer.arn
    http_port              = 80
    https_port             = 443
    origin_protocol_policy = "https-only"
    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }
}

data "aws_ec2_managed_prefix_list" "cloudfront" {
  name = "com.amazonaws.global.cloudfront.origin-facing"
}

resource "aws_vpc_security_group_ingress_rule" "cloudfront" {
  description       = "CloudFront, by its origin in this network"
  security_group_id = var.balancer.security_group_id
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

data "aws_cloudfront_cache_policy" "optimized" {
  name = "Managed-CachingOptimized"
}

data "aws_cloudfront_cache_policy" "disabled" {
  name = "Managed-CachingDisabled"
}

data "aws_cloudfront_origin_request_policy" "all_viewer" {
  name = "Managed-AllViewer"
}

# A signed picture is one address with its signature: whoever has the address may see it, until it ends.
resource "aws_cloudfront_cache_policy" "pictures" {
  name        = "${var.name}-pictures"
  comment     = "By the whole address; how long, the API says"
  min_ttl     = 0
  default_ttl = 0
  max_ttl     = 900 # as VITRINE_AUTH__SIGNED_URL_TTL: no picture outlives its signature by more
  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = false
    enable_accept_encoding_gzip   = false
    cookies_config {
      cookie_behavior = "none"
    }
    headers_config {
      header_behavior = "none"
    }
    query_strings_config {
      query_string_behavior = "all"
    }
  }
}

locals {
  # Files whose names hold a hash of what is in them, and signed pictures. All else is asked of the API.
  cached = {
    "/assets/*"   = data.aws_cloudfront_cache_policy.optimized.id
    "/v1/media/*" = aws_cloudfront_cache_policy.pictures.id
  }
}

resource "aws_cloudfront_distribution" "this" {
  # checkov:skip=CKV_AWS_86:the load balancer logs what was asked, the firewall what it turned away; cached files tell nothing
  # checkov:skip=CKV_AWS_310:the load balancer is one origin of several zones; there is no second to fail over to
  # checkov:skip=CKV_AWS_374:which countries a shop sells to, only it knows
  # checkov:skip=CKV_AWS_305:"/" is a page of the API, as every other address
  # checkov:skip=CKV2_AWS_32:the API sends its own security headers with every answer, and tests hold them (docs/security.md)
  # checkov:skip=CKV2_AWS_47:as CKV_AWS_192 in firewall.tf
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  aliases         = [var.domain]
  comment         = var.name
  price_class     = "PriceClass_100"
  web_acl_id      = aws_wafv2_web_acl.this.arn

  origin {
    origin_id   = "api"
    domain_name = var.balancer.dns_name
    vpc_origin_config {
      vpc_origin_id            = aws_cloudfront_vpc_origin.this.id
      origin_read_timeout      = 60
      origin_keepalive_timeout = 60
    }
  }

  default_cache_behavior {
    target_origin_id         = "api"
    viewer_protocol_policy   = "redirect-to-https"
    allowed_methods          = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    cached_methods           = ["GET", "HEAD"]
    cache_policy_id          = data.aws_cloudfront_cache_policy.disabled.id
    origin_request_policy_id = data.aws_cloudfront_origin_request_policy.all_viewer.id
  }

  dynamic "ordered_cache_behavior" {
    for_each = local.cached
    content {
      path_pattern             = ordered_cache_behavior.key
      target_origin_id         = "api"
      viewer_protocol_policy   = "redirect-to-https"
      allowed_methods          = ["GET", "HEAD"]
      cached_methods           = ["GET", "HEAD"]
      cache_policy_id          = ordered_cache_behavior.value
      origin_request_policy_id = data.aws_cloudfront_origin_request_policy.all_viewer.id
    }
  }

  viewer_certificate {
    acm_certificate_arn      = var.certificate_arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
}
