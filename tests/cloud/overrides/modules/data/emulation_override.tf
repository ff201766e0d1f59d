# moto knows no backup policies of EFS, no parameter groups of ElastiCache and no nodes of its replication groups, and
# deletes neither policies of EFS nor subnet groups of ElastiCache.
resource "aws_efs_backup_policy" "this" {
  count = 0
}

resource "aws_efs_file_system_policy" "this" {
  count = 0
}

resource "aws_elasticache_parameter_group" "this" {
  count = 0
}

resource "aws_elasticache_subnet_group" "this" {
  count = 0
}

resource "aws_elasticache_replication_group" "this" {
  count                = 0
  parameter_group_name = "default.redis7"
  subnet_group_name    = "not-emulated"
}

resource "aws_secretsmanager_secret_version" "broker" {
  secret_string = "rediss://not-emulated:6379/0"
}

output "redis_id" {
  value = "not-emulated"
}
