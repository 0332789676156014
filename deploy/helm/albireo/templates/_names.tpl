{{/* Prefix of all names: the release, with the chart's name unless it holds it already. */}}
{{- define "albireo.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* What selects the pods of a component; never changes. (dict "root" $ "component" "gateway") */}}
{{- define "albireo.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "albireo.labels" -}}
{{ include "albireo.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "albireo.image" -}}
{{ include "albireo.imageOf" (dict "root" . "image" .Values.image) }}
{{- end }}

{{/* (dict "root" $ "image" dict of repository, tag and digest) */}}
{{- define "albireo.imageOf" -}}
{{- $root := .root -}}
{{- with .image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $root.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "albireo.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "albireo.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{/* The Secret that has a key: yours, or the chart's. (dict "root" $ "key" "transport-url") */}}
{{- define "albireo.secretOf" -}}
{{- $values := .root.Values -}}
{{- $ours := or
  (and $values.rabbitmq.enabled (has .key (list "transport-url" "rabbitmq-password" "rabbitmq-management-url")))
  (and $values.postgresql.enabled (has .key (list "database-connection" "postgresql-password"))) -}}
{{- if and $values.secrets.existingSecret (not $ours) -}}
{{- $values.secrets.existingSecret -}}
{{- else -}}
{{- include "albireo.fullname" .root -}}
{{- end -}}
{{- end }}

{{/* The name that a key has in its Secret: your Secret may call it otherwise. (dict "root" $ "key" "transport-url") */}}
{{- define "albireo.secretKey" -}}
{{- $existing := .root.Values.secrets.existingSecret -}}
{{- if and $existing (eq (include "albireo.secretOf" .) $existing) -}}
{{- get .root.Values.secrets.existingSecretKeys .key | default .key -}}
{{- else -}}
{{- .key -}}
{{- end -}}
{{- end }}

{{/* An environment variable out of a Secret. (dict "root" $ "variable" "X" "key" "transport-url") */}}
{{- define "albireo.secretVariable" -}}
- name: {{ .variable }}
  valueFrom:
    secretKeyRef: { name: {{ include "albireo.secretOf" . }}, key: {{ include "albireo.secretKey" . }} }
{{- end }}

{{/* The restricted Pod Security standard, of a container. */}}
{{- define "albireo.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}
