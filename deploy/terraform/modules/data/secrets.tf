# Random secrets. They are made while Terraform applies and go to Secrets Manager by write-only arguments: none is in
# the state or in a plan. Redis' is the exception, for ElastiCache has no such argument: its token is in the state, which
# lies encrypted in a bucket of its own (docs/deploy.md).

locals {
  secrets = toset(["database-password", "signing-secret", "model-token"])
}

ephemeral "aws_secretsmanager_random_password" "this" {
  for_each            = local.secrets
  password_length     = 48
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "this" {
  # checkov:skip=CKV2_AWS_57:a change needs API, workers and database restarted together; secret_version does that
  for_each                = setunion(local.secrets, ["broker-url"])
  name                    = "${var.name}/${each.key}"
  kms_key_id              = var.key_arn
  recovery_window_in_days = var.protected ? 30 : 0
}

resource "aws_secretsmanager_secret_version" "this" {
  for_each                 = local.secrets
  secret_id                = aws_secretsmanager_secret.this[each.key].id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.this[each.key].random_password
  secret_string_wo_version = var.secret_version
}

# Read back, so that the database gets what is stored even where an earlier run broke off between the two.
ephemeral "aws_secretsmanager_secret_version" "database" {
  secret_id  = aws_secretsmanager_secret.this["database-password"].id
  version_id = aws_secretsmanager_secret_version.this["database-password"].version_id
}

data "aws_secretsmanager_random_password" "redis" {
  password_length     = 64
  exclude_punctuation = true
}

# The data source gives another password at every run; the first one stays.
resource "terraform_data" "redis_token" {
  input            = data.aws_secretsmanager_random_password.redis.random_password
  triggers_replace = [var.secret_version]
  lifecycle {
    ignore_changes = [input]
  }
}

resource "aws_secretsmanager_secret_version" "broker" {
  secret_id = aws_secretsmanager_secret.this["broker-url"].id
  secret_string = join("", [
    "rediss://:", terraform_data.redis_token.output, "@",
    aws_elasticache_replication_group.this.primary_endpoint_address, ":6379/0?ssl_cert_reqs=required",
  ])
}
