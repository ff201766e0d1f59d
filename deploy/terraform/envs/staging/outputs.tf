output "domain_name" {
  description = "What the domain's CNAME (or alias) names."
  value       = module.vitrine.domain_name
}

output "migrate" {
  description = "How a deployment runs the migrations."
  value       = module.vitrine.migrate
}
