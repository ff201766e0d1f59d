# One environment of Vitrine. envs/staging and envs/prod say how large it is.

data "aws_caller_identity" "this" {}
data "aws_region" "this" {}

# Everything that is stored is encrypted by this key.
resource "aws_kms_key" "this" {
  description             = "All that ${var.name} stores"
  enable_key_rotation     = true
  deletion_window_in_days = var.protected ? 30 : 7
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "RolesOfThisAccountDecide"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.this.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Logs"
        Effect    = "Allow"
        Principal = { Service = "logs.${data.aws_region.this.name}.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
        Resource  = "*"
        Condition = { ArnLike = {
          "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}:log-group:/${var.name}/*"
        } }
      },
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id } }
      },
    ]
  })
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}

module "network" {
  source           = "../modules/network"
  name             = var.name
  cidr             = var.cidr
  zones            = var.zones
  nat_in_each_zone = var.resilient
  key_arn          = aws_kms_key.this.arn
}

module "data" {
  source             = "../modules/data"
  name               = var.name
  subnet_ids         = module.network.data_subnet_ids
  security_group_ids = module.network.security_group_ids
  key_arn            = aws_kms_key.this.arn
  database           = var.database
  redis_class        = var.redis_class
  several_zones      = var.resilient
  protected          = var.protected
  log_days           = var.log_days
}

module "service" {
  source  = "../modules/service"
  name    = var.name
  network = module.network
  data = {
    database_host = module.data.database.host
    photos        = module.data.photos
    files         = module.data.files
    secret_arns   = module.data.secret_arns
    logs_bucket   = module.data.logs_bucket
  }
  images          = var.images
  sizes           = var.sizes
  search_engine   = var.search_engine
  certificate_arn = var.certificates.balancer
  key_arn         = aws_kms_key.this.arn
  log_days        = var.log_days
  protected       = var.protected
}

module "edge" {
  source          = "../modules/edge"
  providers       = { aws = aws, aws.global = aws.global }
  name            = var.name
  domain          = var.domain
  certificate_arn = var.certificates.cloudfront
  balancer = {
    arn               = module.service.balancer.arn
    dns_name          = module.service.balancer.dns_name
    security_group_id = module.network.security_group_ids["balancer"]
  }
  log_days = var.log_days
}

module "observability" {
  source  = "../modules/observability"
  name    = var.name
  mail    = var.mail
  key_arn = aws_kms_key.this.arn
  watched = {
    cluster_name      = module.service.cluster_name
    balancer_suffix   = module.service.balancer.arn_suffix
    group_suffix      = module.service.balancer.group_suffix
    database_id       = module.data.database.id
    redis_id          = module.data.redis_id
    metrics_namespace = module.service.metrics_namespace
  }
  dollars_a_month = var.dollars_a_month
}
