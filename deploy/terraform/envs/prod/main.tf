# Production: two of everything that answers, data that outlives a zone and a mistake; about 1,000,000 products.
terraform {
  required_version = ">= 1.11, < 2.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  # The rest is said at `terraform init -backend-config=...`: bucket and region of your state (docs/deploy.md).
  backend "s3" {
    key          = "vitrine/prod.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region
  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias  = "global"
  region = "us-east-1"
  default_tags {
    tags = local.tags
  }
}

locals {
  name = "vitrine-prod"
  tags = { environment = local.name, managed-by = "terraform" }
}

module "vitrine" {
  source    = "../../vitrine"
  providers = { aws = aws, aws.global = aws.global }

  name         = local.name
  cidr         = "10.50.0.0/16"
  zones        = [for letter in ["a", "b", "c"] : "${var.region}${letter}"]
  domain       = var.domain
  certificates = var.certificates
  images       = var.images
  mail         = var.mail

  # Sizes and their reasons: docs/deploy.md.
  sizes = {
    api    = { cpu = 2048, memory = 8192, least = 2, most = 8 }
    worker = { cpu = 2048, memory = 4096, least = 2, most = 12 }
    ml     = { cpu = 4096, memory = 8192, least = 2, most = 8 }
    chroma = { cpu = 2048, memory = 8192, least = 1, most = 1 }
  }
  database        = { class = "db.m7g.large", gigabytes = 200, most_gigabytes = 1000, backup_days = 14 }
  redis_class     = "cache.t4g.small"
  resilient       = true
  protected       = true
  log_days        = 365
  dollars_a_month = 2500
}
