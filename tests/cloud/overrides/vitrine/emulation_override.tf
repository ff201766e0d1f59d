# moto knows no VPC origins of CloudFront, so the way in is left out.
module "edge" {
  count = 0
}

output "domain_name" {
  value = "not emulated"
}
