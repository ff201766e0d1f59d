# Who may talk to whom, and nobody else: each row opens one port on both sides.

locals {
  parts = toset(["balancer", "api", "worker", "ml", "chroma", "database", "redis", "files"])
  flows = {
    balancer-api    = { from = "balancer", to = "api", port = 8000 }
    api-ml          = { from = "api", to = "ml", port = 8002 }
    api-chroma      = { from = "api", to = "chroma", port = 8000 }
    api-database    = { from = "api", to = "database", port = 5432 }
    api-redis       = { from = "api", to = "redis", port = 6379 }
    worker-ml       = { from = "worker", to = "ml", port = 8002 }
    worker-chroma   = { from = "worker", to = "chroma", port = 8000 }
    worker-database = { from = "worker", to = "database", port = 5432 }
    worker-redis    = { from = "worker", to = "redis", port = 6379 }
    chroma-files    = { from = "chroma", to = "files", port = 2049 }
  }
  # Tasks fetch their image, secrets and photos, tell their logs, call webhooks and fetch pictures over HTTPS.
  outward = toset(["api", "worker", "ml", "chroma"])
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5:tasks, load balancer and data of other modules carry them, whither checkov does not follow
  for_each    = local.parts
  name        = "${var.name}-${each.key}"
  description = "What ${each.key} of ${var.name} may reach, and who reaches it"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "flow" {
  for_each                     = local.flows
  description                  = "From ${each.value.from}"
  security_group_id            = aws_security_group.this[each.value.to].id
  referenced_security_group_id = aws_security_group.this[each.value.from].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "flow" {
  for_each                     = local.flows
  description                  = "To ${each.value.to}"
  security_group_id            = aws_security_group.this[each.value.from].id
  referenced_security_group_id = aws_security_group.this[each.value.to].id
  ip_protocol                  = "tcp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "outward" {
  for_each          = local.outward
  description       = "HTTPS: images, secrets, logs, photos; webhooks and pictures by address"
  security_group_id = aws_security_group.this[each.key].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# A shop may name pictures by http:// addresses.
resource "aws_vpc_security_group_egress_rule" "pictures" {
  description       = "HTTP: pictures by address"
  security_group_id = aws_security_group.this["worker"].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
}

# Who talked to whom, and who tried.
resource "aws_flow_log" "this" {
  vpc_id          = aws_vpc.this.id
  traffic_type    = "ALL"
  log_destination = aws_cloudwatch_log_group.flow.arn
  iam_role_arn    = aws_iam_role.flow.arn
}

resource "aws_cloudwatch_log_group" "flow" {
  name              = "/${var.name}/flow"
  retention_in_days = 365
  kms_key_id        = var.key_arn
}

resource "aws_iam_role" "flow" {
  name = "${var.name}-flow"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "flow" {
  name = "write"
  role = aws_iam_role.flow.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
      Resource = "${aws_cloudwatch_log_group.flow.arn}:*"
    }]
  })
}
