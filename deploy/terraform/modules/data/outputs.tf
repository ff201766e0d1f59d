output "database" {
  description = "The database: its name for alarms, and its address."
  value       = { id = aws_db_instance.this.identifier, host = aws_db_instance.this.address }
}

output "redis_id" {
  description = "The Redis, for alarms."
  value       = aws_elasticache_replication_group.this.id
}

output "photos" {
  description = "The bucket of photos."
  value       = { name = aws_s3_bucket.photos.bucket, arn = aws_s3_bucket.photos.arn }
}

output "files" {
  description = "Chroma's file system and its access point."
  value = {
    id               = aws_efs_file_system.this.id
    arn              = aws_efs_file_system.this.arn
    access_point_id  = aws_efs_access_point.chroma.id
    access_point_arn = aws_efs_access_point.chroma.arn
  }
  depends_on = [aws_efs_mount_target.this]
}

output "secret_arns" {
  description = "Where each secret lies, by its name."
  value       = { for name, secret in aws_secretsmanager_secret.this : name => secret.arn }
}

output "logs_bucket" {
  description = "The bucket of access logs."
  value       = aws_s3_bucket.logs.bucket
  depends_on  = [aws_s3_bucket_policy.logs]
}
