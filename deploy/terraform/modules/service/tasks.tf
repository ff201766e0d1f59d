# What runs: one definition for each part, with what it may know and no more.

data "aws_region" "this" {}

locals {
  shared = {
    VITRINE_DATABASE__URL  = "postgresql://vitrine@${var.data.database_host}:5432/vitrine?sslmode=require"
    VITRINE_QUEUE__KIND    = "celery"
    VITRINE_BLOBS__KIND    = "s3" # the credentials are those of the task's role
    VITRINE_BLOBS__BUCKET  = var.data.photos.name
    VITRINE_BLOBS__REGION  = data.aws_region.this.name
    VITRINE_VECTORS__KIND  = "server"
    VITRINE_VECTORS__HOST  = "chroma.${local.namespace}"
    VITRINE_VECTORS__PORT  = "8000"
    VITRINE_VISION__KIND   = "server"
    VITRINE_VISION__URL    = "http://ml.${local.namespace}:8002"
    VITRINE_SEARCH__ENGINE = var.search_engine
    VITRINE_LOG_FORMAT     = "json"
    VITRINE_QUEUE__WORKERS = "2"
  }
  # libpq reads PGPASSWORD, so the address of the database holds no secret.
  secrets = {
    PGPASSWORD                = "database-password"
    VITRINE_QUEUE__BROKER_URL = "broker-url"
    VITRINE_VISION__TOKEN     = "model-token"
    VITRINE_AUTH__SECRET      = "signing-secret"
  }

  tasks = {
    api = {
      image       = var.images.app
      command     = ["serve", "--host", "0.0.0.0", "--port", "8000"]
      port        = 8000
      environment = merge(local.shared, { VITRINE_API__TRUSTED_PROXIES = var.network.cidr, VITRINE_API__HSTS_SECONDS = "31536000" })
      secrets     = local.secrets
      health      = ["CMD", "python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/v1/health/live', timeout=2)"]
      scratch     = ["/var/lib/vitrine"] # temporary files lie there too
    }
    worker = {
      image       = var.images.app
      command     = ["worker", "--concurrency", "2"]
      port        = null
      environment = local.shared
      secrets     = local.secrets
      health      = null                 # one whose messages nobody takes ends by itself, and ECS starts another
      scratch     = ["/var/lib/vitrine"] # temporary files lie there too
    }
    migrate = {
      image       = var.images.app
      command     = ["migrate"]
      port        = null
      environment = local.shared
      secrets     = local.secrets
      health      = null
      scratch     = ["/var/lib/vitrine"] # temporary files lie there too
    }
    ml = {
      image       = var.images.ml
      command     = ["mlserver", "--host", "0.0.0.0", "--port", "8002"]
      port        = 8002
      environment = { VITRINE_VISION__THREADS = tostring(max(1, floor(var.sizes.ml.cpu / 1024))), VITRINE_LOG_FORMAT = "json" }
      secrets     = { VITRINE_VISION__TOKEN = "model-token" }
      health      = ["CMD", "python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8002/healthz', timeout=2)"]
      scratch     = ["/var/lib/vitrine"] # temporary files lie there too
    }
    chroma = {
      image       = var.images.chroma
      command     = ["run", "--path", "/data", "--host", "0.0.0.0", "--port", "8000"]
      port        = 8000
      environment = { ANONYMIZED_TELEMETRY = "False", TMPDIR = "/data", SQLITE_TMPDIR = "/data" }
      secrets     = {}
      health      = ["CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8000"]
      scratch     = []
    }
  }
  # A migration is as large as the smallest worker.
  sizes = merge(var.sizes, { migrate = { cpu = 512, memory = 1024, least = 0, most = 0 } })
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338:how long logs with addresses of people are kept is the shop's choice; a year in prod
  for_each          = local.tasks
  name              = "/${var.name}/${each.key}"
  retention_in_days = var.log_days
  kms_key_id        = var.key_arn
}

resource "aws_ecs_task_definition" "this" {
  for_each                 = local.tasks
  family                   = "${var.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = local.sizes[each.key].cpu
  memory                   = local.sizes[each.key].memory
  execution_role_arn       = aws_iam_role.execution[each.key].arn
  task_role_arn            = aws_iam_role.task[each.key].arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "ARM64" # a fifth cheaper; images are built for both
  }

  # Room for temporary files: the root itself is read-only. It belongs to whom the image's VOLUME belongs.
  dynamic "volume" {
    for_each = { for index, path in each.value.scratch : "scratch-${index}" => path }
    content {
      name = volume.key
    }
  }

  dynamic "volume" {
    for_each = each.key == "chroma" ? ["data"] : []
    content {
      name = volume.value
      efs_volume_configuration {
        file_system_id     = var.data.files.id
        transit_encryption = "ENABLED"
        authorization_config {
          access_point_id = var.data.files.access_point_id
          iam             = "ENABLED"
        }
      }
    }
  }

  container_definitions = jsonencode([merge({
    name                   = each.key
    image                  = each.value.image
    command                = each.value.command
    essential              = true
    user                   = "10001:10001"
    readonlyRootFilesystem = true
    stopTimeout            = 30
    linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }
    ulimits                = [{ name = "nofile", softLimit = 65536, hardLimit = 65536 }]
    portMappings           = [for port in [each.value.port] : { containerPort = port, protocol = "tcp" } if port != null]
    environment            = [for key, value in each.value.environment : { name = key, value = value }]
    secrets                = [for key, secret in each.value.secrets : { name = key, valueFrom = var.data.secret_arns[secret] }]
    mountPoints = concat(
      [for index, path in each.value.scratch : { sourceVolume = "scratch-${index}", containerPath = path, readOnly = false }],
      [for path in ["/data"] : { sourceVolume = "data", containerPath = path, readOnly = false } if each.key == "chroma"],
    )
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this[each.key].name
        awslogs-region        = data.aws_region.this.name
        awslogs-stream-prefix = each.key
      }
    }
    },
    { for name, command in { healthCheck = each.value.health } : name =>
      { command = command, interval = 10, timeout = 5, retries = 3, startPeriod = 60 } if command != null
    },
  )])
}
