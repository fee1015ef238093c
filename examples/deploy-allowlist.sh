#!/usr/bin/env bash
# Puts an allowlist in force: deploy-allowlist.sh STACK-NAME FILE
set -euo pipefail
usage="usage: deploy-allowlist.sh STACK-NAME FILE"
stack=${1:?$usage} file=${2:?$usage}

output() {
  aws cloudformation describe-stacks --stack-name "$stack" --output text \
    --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"
}

application=$(output AllowlistApplicationId)
profile=$(output AllowlistProfileId)
version=$(aws appconfig create-hosted-configuration-version \
  --application-id "$application" --configuration-profile-id "$profile" \
  --content "fileb://$file" --content-type application/yaml \
  --query VersionNumber --output text /dev/null)
aws appconfig start-deployment \
  --application-id "$application" --configuration-profile-id "$profile" \
  --environment-id "$(output AllowlistEnvironmentId)" \
  --deployment-strategy-id "$(output AllowlistDeploymentStrategyId)" \
  --configuration-version "$version"
