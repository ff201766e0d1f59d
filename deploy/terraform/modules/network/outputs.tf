output "vpc_id" {
  description = "The network."
  value       = aws_vpc.this.id
}

output "cidr" {
  description = "Its addresses."
  value       = aws_vpc.this.cidr_block
}

output "private_subnet_ids" {
  description = "Where tasks run."
  value       = [for zone in var.zones : aws_subnet.private[zone].id]
}

output "data_subnet_ids" {
  description = "Where data lies."
  value       = [for zone in var.zones : aws_subnet.data[zone].id]
}

output "security_group_ids" {
  description = "The security group of each part, by its name."
  value       = { for name, group in aws_security_group.this : name => group.id }
}
