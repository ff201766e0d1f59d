# A load balancer wants a certificate that there is.
resource "aws_acm_certificate" "emulated" {
  domain_name       = var.domain
  validation_method = "DNS"
}
