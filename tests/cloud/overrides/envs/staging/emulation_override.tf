# The provider asks moto (AWS_ENDPOINT_URL), and the state stays in this folder.
terraform {
  backend "local" {}
}

provider "aws" {
  access_key                  = "emulated"
  secret_key                  = "emulated"
  max_retries                 = 5
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
}

provider "aws" {
  alias                       = "global"
  access_key                  = "emulated"
  secret_key                  = "emulated"
  max_retries                 = 5
  skip_credentials_validation = true
  skip_metadata_api_check     = true
}

module "vitrine" {
  certificates = { balancer = aws_acm_certificate.emulated.arn, cloudfront = aws_acm_certificate.emulated.arn }
}
