# Two roles for each task: what ECS may do to start it, and what it may do itself. Nothing is shared, so the model
# server, which reads photos of strangers, can read neither the database's password nor the bucket.

locals {
  assumed_by_tasks = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })
  use_photos = [
    {
      Sid      = "Photos"
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject", "s3:PutObjectTagging", "s3:DeleteObject"]
      Resource = "${var.data.photos.arn}/*"
    },
    {
      Sid      = "ListPhotos"
      Effect   = "Allow"
      Action   = ["s3:ListBucket"]
      Resource = var.data.photos.arn
    },
    {
      Sid       = "PhotosAreEncrypted"
      Effect    = "Allow"
      Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
      Resource  = var.key_arn
      Condition = { StringEquals = { "kms:ViaService" = "s3.${data.aws_region.this.name}.amazonaws.com" } }
    },
  ]
  use_files = [{
    Sid       = "Files"
    Effect    = "Allow"
    Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    Resource  = var.data.files.arn
    Condition = { StringEquals = { "elasticfilesystem:AccessPointArn" = var.data.files.access_point_arn } }
  }]
  # What tasks themselves may do; the model server and migrations may do nothing in AWS.
  may = { api = local.use_photos, worker = local.use_photos, chroma = local.use_files }
}

resource "aws_iam_role" "execution" {
  for_each           = local.tasks
  name               = "${var.name}-${each.key}-start"
  assume_role_policy = local.assumed_by_tasks
}

resource "aws_iam_role_policy" "execution" {
  for_each = local.tasks
  name     = "start"
  role     = aws_iam_role.execution[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.this[each.key].arn}:*"
      }],
      [for statement in [
        {
          Sid      = "ReadItsSecrets"
          Effect   = "Allow"
          Action   = ["secretsmanager:GetSecretValue"]
          Resource = [for secret in values(each.value.secrets) : var.data.secret_arns[secret]]
        },
        {
          Sid       = "SecretsAreEncrypted"
          Effect    = "Allow"
          Action    = ["kms:Decrypt"]
          Resource  = [var.key_arn]
          Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${data.aws_region.this.name}.amazonaws.com" } }
        },
      ] : statement if length(each.value.secrets) > 0],
    )
  })
}

resource "aws_iam_role" "task" {
  for_each           = local.tasks
  name               = "${var.name}-${each.key}"
  assume_role_policy = local.assumed_by_tasks
}

resource "aws_iam_role_policy" "task" {
  for_each = local.may
  name     = "use"
  role     = aws_iam_role.task[each.key].id
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value })
}
