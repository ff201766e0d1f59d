# Staging: one of each, nothing that cannot be made anew; about 10,000 products.
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
    key          = "vitrine/staging.tfstate"
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
  name = "vitrine-staging"
  tags = { environment = local.name, managed-by = "terraform" }
}

module "vitrine" {
  source    = "../../vitrine"
  providers = { aws = aws, aws.global = aws.global }

  name         = local.name
  cidr         = "10.40.0.0/16"
  zones        = [for letter in ["a", "b"] : "${var.region}${letter}"]
  domain       = var.domain
  certificates = var.certificates
  images       = var.images
  mail         = var.mail

  # Sizes and their reasons: docs/deploy.md.
  sizes = {
    api    = { cpu = 512, memory = 2048, least = 1, most = 2 }
    worker = { cpu = 1024, memory = 2048, least = 1, most = 2 }
    ml     = { cpu = 1024, memory = 2048, least = 1, most = 2 }
    chroma = { cpu = 512, memory = 1024, least = 1, most = 1 }
  }
  database        = { class = "db.t4g.small", gigabytes = 20, most_gigabytes = 50, backup_days = 7 }
  redis_class     = "cache.t4g.micro"
  resilient       = false
  protected       = false
  log_days        = 30
  dollars_a_month = 250
}
