data "aws_ssm_parameter" "web" {
  name = "/privatelink/web/vpc-0123456789abcdef0/ip"
}

output "web" {
  value     = data.aws_ssm_parameter.web.value
  sensitive = true # as the provider marks every parameter
}
