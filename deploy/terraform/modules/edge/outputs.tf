output "domain_name" {
  description = "What the domain's CNAME (or alias) names."
  value       = aws_cloudfront_distribution.this.domain_name
}
