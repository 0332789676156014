{{/*
The Deployment of the gateway or the worker.
(dict "root" $ "component" "worker" "values" .Values.worker "healthPort" 8791 "ports" list "environment" text
 "initContainers" text)
*/}}
{{- define "albireo.deployment" -}}
{{- $root := .root -}}
{{- $fullname := include "albireo.fullname" $root -}}
{{- $template := include "albireo.podTemplate" . | fromYaml -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $fullname }}-{{ .component }}
  namespace: {{ $root.Release.Namespace }}
  labels: {{- include "albireo.labels" . | nindent 4 }}
spec:
  {{- if and (not .values.autoscaling.enabled) (not (kindIs "invalid" .values.replicas)) }}
  replicas: {{ .values.replicas }}
  {{- else }}
  {{- /* A number that the release before named would fall back to one: what runs now stays. */}}
  {{- $live := lookup "apps/v1" "Deployment" $root.Release.Namespace (printf "%s-%s" $fullname .component) | default dict }}
  {{- with dig "spec" "replicas" nil $live }}
  replicas: {{ . }}
  {{- end }}
  {{- end }}
  revisionHistoryLimit: {{ $root.Values.revisionHistoryLimit }}
  selector:
    matchLabels: {{- include "albireo.selector" . | nindent 6 }}
  strategy:
    type: RollingUpdate
    rollingUpdate: {{- toYaml .values.rollingUpdate | nindent 6 }}
  template: {{- mustMergeOverwrite $template (deepCopy .values.podTemplate) | toYaml | nindent 4 }}
{{- end }}

{{/*
The pods of a program: as above, and for a component that needs more than the others
 "image" text, "program" text, "variables" list, "podSecurity" dict, "security" dict.
*/}}
{{- define "albireo.podTemplate" -}}
{{- $root := .root -}}
{{- $fullname := include "albireo.fullname" $root -}}
metadata:
  labels: {{- include "albireo.selector" . | nindent 4 }}
    app.kubernetes.io/part-of: {{ $fullname }}
    {{- with $root.Values.commonLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/config: {{ include "albireo.checksum" . }}
spec:
  serviceAccountName: {{ include "albireo.serviceAccount" $root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ include "albireo.grace" $root }}
  {{- with $root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  # No user: the image's own, or the one that the platform gives; the programs write to volumes only.
  {{- $restricted := dict "runAsNonRoot" true "seccompProfile" (dict "type" "RuntimeDefault") }}
  securityContext: {{- .podSecurity | default $restricted | toYaml | nindent 4 }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels: {{- include "albireo.selector" . | nindent 10 }}
      # The pods of one revision are spread: those that a rollout is about to end do not count.
      matchLabelKeys: [pod-template-hash]
  {{- if or .initContainers .values.extraInitContainers }}
  initContainers:
    {{- with .values.extraInitContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- with .initContainers }}
    {{- . | nindent 4 }}
    {{- end }}
  {{- end }}
  containers:
    - name: {{ .component }}
      image: {{ .image | default (include "albireo.image" $root) }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      command: [{{ .program | default (printf "albireo-%s" .component) }}]
      env: {{- include "albireo.environment" . | nindent 8 }}
        - name: OS_HEALTH__PORT
          value: {{ .healthPort | quote }}
        {{- with .variables }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- with .values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        {{- range .ports }}
        - { name: {{ .name }}, containerPort: {{ .port }} }
        {{- end }}
        - { name: health, containerPort: {{ .healthPort }} }
      startupProbe:
        httpGet: { path: /startupz, port: health }
        periodSeconds: 1
        timeoutSeconds: 3
        # A quarter of an hour: a pod that waits for a broker or a database goes on by itself, and a restart would not
        # help. After ten minutes Kubernetes also forgets earlier restarts, so that none waits in CrashLoopBackOff.
        failureThreshold: 900
      readinessProbe:
        httpGet: { path: /readyz, port: health }
        periodSeconds: 3
        timeoutSeconds: 3
        failureThreshold: 2
      livenessProbe:
        httpGet: { path: /livez, port: health }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      resources: {{- toYaml .values.resources | nindent 8 }}
      securityContext: {{- .security | default (include "albireo.containerSecurity" . | fromYaml) | toYaml | nindent 8 }}
      volumeMounts: {{- include "albireo.mounts" . | nindent 8 }}
    {{- with .values.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    {{- include "albireo.volumes" $root | nindent 4 }}
    {{- with .volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- with .values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{/* What both programs get told by their environment: secrets. The database is the worker's alone. */}}
{{- define "albireo.environment" -}}
{{ include "albireo.secretVariable" (dict "root" .root "variable" "OS_DEFAULT__TRANSPORT_URL" "key" "transport-url") }}
{{ include "albireo.secretVariable" (dict "root" .root "variable" "OS_IDENTITY__SIGNING_KEYS" "key" "signing-keys") }}
{{- if ne .component "gateway" }}
{{ include "albireo.secretVariable" (dict "root" .root "variable" "OS_IDENTITY__ADMIN_PASSWORD" "key" "admin-password") }}
{{ include "albireo.secretVariable" (dict "root" .root "variable" "OS_DATABASE__CONNECTION" "key" "database-connection") }}
{{- end }}
{{- end }}

{{- define "albireo.volumes" -}}
{{- $fullname := include "albireo.fullname" . -}}
- name: configuration
  projected:
    sources:
      - configMap: { name: {{ $fullname }} }
      {{- if .Values.secretConfig }}
      - secret:
          name: {{ $fullname }}-config
          items: [{ key: secret.conf, path: albireo.conf.d/secret.conf }]
      {{- end }}
- name: state
  emptyDir: {}
- name: tmp
  emptyDir: {}
{{- end }}

{{- define "albireo.mounts" -}}
- { name: configuration, mountPath: /etc/albireo, readOnly: true }
- { name: state, mountPath: /var/lib/albireo }
- { name: tmp, mountPath: /tmp }
{{- with .mounts }}
{{ toYaml . }}
{{- end }}
{{- with .values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}
