# Who may talk to whom.
mock_provider "aws" {}

variables {
  name             = "vitrine-test"
  cidr             = "10.60.0.0/16"
  zones            = ["eu-central-1a", "eu-central-1b"]
  nat_in_each_zone = false
  key_arn          = "arn:aws:kms:eu-central-1:123456789012:key/k"
}

run "nobody_from_outside" {
  command = plan
  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_ingress_rule.flow : rule.cidr_ipv4 == null && rule.ip_protocol == "tcp" && rule.from_port == rule.to_port])
    error_message = "Every way in is one port from one group."
  }
  assert {
    condition     = length(aws_default_security_group.this.ingress) == 0 && length(aws_default_security_group.this.egress) == 0
    error_message = "The default security group opens something."
  }
  assert {
    condition     = alltrue([for subnet in concat(values(aws_subnet.public), values(aws_subnet.private), values(aws_subnet.data)) : subnet.map_public_ip_on_launch != true])
    error_message = "A subnet gives out public addresses."
  }
}

run "data_has_no_way_out" {
  command = plan
  assert {
    condition     = !contains(keys(aws_vpc_security_group_egress_rule.outward), "database") && !contains(keys(aws_vpc_security_group_egress_rule.outward), "redis")
    error_message = "Database or Redis may reach the internet."
  }
  assert {
    condition     = toset([for flow in local.flows : flow.from if flow.to == "database"]) == toset(["api", "worker"])
    error_message = "Others than API and workers reach the database."
  }
}

run "each_zone_can_go_out_alone" {
  command = plan
  variables {
    nat_in_each_zone = true
  }
  assert {
    condition     = length(aws_nat_gateway.this) == 2
    error_message = "A zone has no way out of its own."
  }
}
