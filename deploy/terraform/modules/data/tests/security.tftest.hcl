# What is stored: encrypted, private, kept for as long as is promised, and hard to delete where that matters.
# Terraform mocks no ephemeral resources, so the random secrets are moto's: `make test-cloud` starts it.
provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "emulated"
  secret_key                  = "emulated"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
}

variables {
  name               = "vitrine-test"
  subnet_ids         = ["subnet-a", "subnet-b"]
  security_group_ids = { database = "sg-d", redis = "sg-r", files = "sg-f" }
  key_arn            = "arn:aws:kms:eu-central-1:123456789012:key/k"
  database           = { class = "db.m7g.large", gigabytes = 100, most_gigabytes = 500, backup_days = 14 }
  redis_class        = "cache.t4g.small"
  several_zones      = true
  protected          = true
  log_days           = 365
}

run "prod_outlives_a_zone_and_a_mistake" {
  command = plan
  assert {
    condition     = aws_db_instance.this.multi_az && aws_db_instance.this.deletion_protection && !aws_db_instance.this.skip_final_snapshot
    error_message = "The database of prod needs two zones, protection and a last snapshot."
  }
  assert {
    condition     = aws_db_instance.this.backup_retention_period == 14
    error_message = "Backups are kept for too short."
  }
  assert {
    condition     = aws_elasticache_replication_group.this.automatic_failover_enabled && aws_elasticache_replication_group.this.num_cache_clusters == 2
    error_message = "Redis has nobody to take over."
  }
  assert {
    condition     = !aws_s3_bucket.photos.force_destroy
    error_message = "Photos of prod go with a terraform destroy."
  }
}

run "the_database_takes_no_extension_but_that_of_search" {
  command = plan
  assert {
    condition     = one([for each in aws_db_parameter_group.this.parameter : each.value if each.name == "rds.allowed_extensions"]) == "vector"
    error_message = "Extensions could be installed that read files or call other servers."
  }
}

run "everything_is_encrypted" {
  command = plan
  assert {
    condition     = aws_db_instance.this.storage_encrypted && aws_efs_file_system.this.encrypted && aws_elasticache_replication_group.this.at_rest_encryption_enabled == "true"
    error_message = "Something lies in the clear."
  }
  assert {
    condition     = aws_elasticache_replication_group.this.transit_encryption_enabled && one([for each in aws_db_parameter_group.this.parameter : each.value if each.name == "rds.force_ssl"]) == "1"
    error_message = "Something is sent in the clear."
  }
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.photos.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"
    error_message = "Photos are not encrypted by our key."
  }
  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.this : secret.kms_key_id == var.key_arn])
    error_message = "A secret is not encrypted by our key."
  }
}

run "nothing_is_public" {
  command = plan
  assert {
    condition     = !aws_db_instance.this.publicly_accessible
    error_message = "The database has an address on the internet."
  }
  assert {
    condition = alltrue([for block in [aws_s3_bucket_public_access_block.photos, aws_s3_bucket_public_access_block.logs] :
    block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets])
    error_message = "A bucket can be made public."
  }
}

# docs/retention.md
run "photos_are_kept_as_promised" {
  command = plan
  assert {
    condition     = aws_s3_bucket_versioning.photos.versioning_configuration[0].status == "Enabled"
    error_message = "What is deleted by mistake is gone at once."
  }
  assert {
    condition = anytrue([for rule in aws_s3_bucket_lifecycle_configuration.photos.rule :
      length(rule.filter) == 1 && length(rule.filter[0].tag) == 1 && try(rule.filter[0].tag[0].value == "expiring" && rule.expiration[0].days == 45, false)
    ])
    error_message = "No rule takes what is tagged vitrine=expiring after 45 days."
  }
  assert {
    condition = anytrue([for rule in aws_s3_bucket_lifecycle_configuration.photos.rule :
      try(rule.noncurrent_version_expiration[0].noncurrent_days == 15, false)
    ])
    error_message = "Old versions do not go a day after the oldest backup."
  }
}

run "secrets_are_in_no_state" {
  command = plan
  assert {
    condition     = aws_db_instance.this.password == null && alltrue([for version in aws_secretsmanager_secret_version.this : version.secret_string == null || version.secret_string == ""])
    error_message = "A secret is written to the state."
  }
}
