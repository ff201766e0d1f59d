output "domain_name" {
  description = "What the domain's CNAME (or alias) names."
  value       = module.edge.domain_name
}

output "migrate" {
  description = "How a deployment runs the migrations: cluster, task, subnets and security group."
  value = {
    cluster           = module.service.cluster_name
    task              = module.service.migrate_task
    subnet_ids        = module.network.private_subnet_ids
    security_group_id = module.network.security_group_ids["worker"]
  }
}
