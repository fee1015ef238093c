aws ssm get-parameter --name /privatelink/web/vpc-0123456789abcdef0/ip \
  --query Parameter.Value --output text
