# Photos and thumbnails. docs/retention.md promises what the rules below do; docs/operations.md asks for versions.
resource "aws_s3_bucket" "photos" {
  # checkov:skip=CKV_AWS_144:photos are stored in three zones already; a copy in another region is the shop's choice
  # checkov:skip=CKV2_AWS_62:nothing waits for events of the bucket: the database knows what is in it
  # checkov:skip=CKV_AWS_18:every access is by the tasks' roles; CloudTrail's data events tell more, where they are wanted
  bucket        = "${var.name}-photos-${data.aws_caller_identity.this.account_id}"
  force_destroy = !var.protected
}

data "aws_caller_identity" "this" {}

resource "aws_s3_bucket_public_access_block" "photos" {
  bucket                  = aws_s3_bucket.photos.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "photos" {
  bucket = aws_s3_bucket.photos.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "photos" {
  bucket = aws_s3_bucket.photos.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "photos" {
  bucket = aws_s3_bucket.photos.id
  rule {
    bucket_key_enabled = true # one call to KMS serves many photos
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "photos" {
  bucket = aws_s3_bucket.photos.id

  # A second line behind the purge, which goes after 30 days: what only deleted products show.
  rule {
    id     = "vitrine-expiring"
    status = "Enabled"
    filter {
      tag {
        key   = "vitrine"
        value = "expiring"
      }
    }
    expiration {
      days = 45
    }
  }

  # What was deleted stays for as long as the oldest backup of the database may ask for it, and no day longer.
  rule {
    id     = "vitrine-old-versions"
    status = "Enabled"
    filter {
      prefix = ""
    }
    noncurrent_version_expiration {
      noncurrent_days = var.database.backup_days + 1
    }
    expiration {
      expired_object_delete_marker = true
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.photos]
}

resource "aws_s3_bucket_policy" "photos" {
  bucket = aws_s3_bucket.photos.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OverTlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.photos.arn, "${aws_s3_bucket.photos.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
  depends_on = [aws_s3_bucket_public_access_block.photos]
}
