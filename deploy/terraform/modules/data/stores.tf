# Redis carries ids of jobs and counts rates; what is lost there is sent again (docs/reliability.md), so it has no
# backups.
resource "aws_elasticache_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_elasticache_parameter_group" "this" {
  name   = "${var.name}-redis"
  family = "redis7"

  # A full Redis refuses messages, which the sweep sends again; it never drops some of them.
  parameter {
    name  = "maxmemory-policy"
    value = "noeviction"
  }
}

resource "aws_elasticache_replication_group" "this" {
  # checkov:skip=CKV2_AWS_50:staging has one node on purpose; a test asserts that prod has two
  replication_group_id       = var.name
  description                = "Messages and rates of ${var.name}"
  engine                     = "redis"
  engine_version             = "7.1"
  node_type                  = var.redis_class
  num_cache_clusters         = var.several_zones ? 2 : 1
  automatic_failover_enabled = var.several_zones
  multi_az_enabled           = var.several_zones
  parameter_group_name       = aws_elasticache_parameter_group.this.name
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [var.security_group_ids["redis"]]
  at_rest_encryption_enabled = true
  kms_key_id                 = var.key_arn
  transit_encryption_enabled = true
  auth_token                 = terraform_data.redis_token.output
  auth_token_update_strategy = "ROTATE"
  auto_minor_version_upgrade = true
}

# Chroma's files. The index is a copy of the database that `vitrine reindex` makes anew; backups save the hours of that.
resource "aws_efs_file_system" "this" {
  encrypted        = true
  kms_key_id       = var.key_arn
  performance_mode = "generalPurpose"
  throughput_mode  = "elastic"
  tags             = { Name = "${var.name}-chroma" }
}

resource "aws_efs_backup_policy" "this" {
  file_system_id = aws_efs_file_system.this.id
  backup_policy {
    status = "ENABLED"
  }
}

resource "aws_efs_mount_target" "this" {
  count           = length(var.subnet_ids)
  file_system_id  = aws_efs_file_system.this.id
  subnet_id       = var.subnet_ids[count.index]
  security_groups = [var.security_group_ids["files"]]
}

# Chroma sees this folder alone, as this user.
resource "aws_efs_access_point" "chroma" {
  file_system_id = aws_efs_file_system.this.id
  posix_user {
    uid = 10001
    gid = 10001
  }
  root_directory {
    path = "/chroma"
    creation_info {
      owner_uid   = 10001
      owner_gid   = 10001
      permissions = "0700"
    }
  }
}

# Nobody mounts it in the clear, and nobody without the role.
resource "aws_efs_file_system_policy" "this" {
  file_system_id = aws_efs_file_system.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OverTlsOnly"
      Effect    = "Deny"
      Principal = { AWS = "*" }
      Action    = "*"
      Resource  = aws_efs_file_system.this.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
