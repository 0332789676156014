{{/*
Service and StatefulSet of the broker or the database, to try out.
(dict "root" $ "component" "rabbitmq" "values" .Values.rabbitmq "ports" list "env" text "probe" text "data" path
 "scratch" list)
*/}}
{{- define "albireo.backing" -}}
{{- $root := .root -}}
{{- $name := printf "%s-%s" (include "albireo.fullname" $root) .component -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels: {{- include "albireo.labels" . | nindent 4 }}
spec:
  selector: {{- include "albireo.selector" . | nindent 4 }}
  ports:
    {{- range .ports }}
    - { name: {{ .name }}, port: {{ .port }}, targetPort: {{ .name }} }
    {{- end }}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels: {{- include "albireo.labels" . | nindent 4 }}
spec:
  serviceName: {{ $name }}
  replicas: 1
  selector:
    matchLabels: {{- include "albireo.selector" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "albireo.selector" . | nindent 8 }}
    spec:
      serviceAccountName: {{ include "albireo.serviceAccount" $root }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: 60
      securityContext:
        runAsNonRoot: true
        runAsUser: {{ .values.runAsUser }}
        runAsGroup: {{ .values.runAsUser }}
        fsGroup: {{ .values.runAsUser }}
        fsGroupChangePolicy: OnRootMismatch
        seccompProfile: { type: RuntimeDefault }
      containers:
        - name: {{ .component }}
          image: {{ .values.image }}
          imagePullPolicy: IfNotPresent
          env: {{- .env | nindent 12 }}
          ports:
            {{- range .ports }}
            - { name: {{ .name }}, containerPort: {{ .port }} }
            {{- end }}
          startupProbe: {{- .probe | nindent 12 }}
            periodSeconds: 2
            failureThreshold: 90
          readinessProbe: {{- .probe | nindent 12 }}
            periodSeconds: 5
          livenessProbe: {{- .probe | nindent 12 }}
            periodSeconds: 20
            failureThreshold: 6
          resources: {{- toYaml .values.resources | nindent 12 }}
          securityContext: {{- include "albireo.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - { name: data, mountPath: {{ .data }} }
            {{- range $index, $path := .scratch }}
            - { name: scratch, mountPath: {{ $path }}, subPath: {{ $index | quote }} }
            {{- end }}
      volumes:
        - name: scratch
          emptyDir: {}
        {{- if not .values.storage }}
        - name: data
          emptyDir: {}
        {{- end }}
  {{- if .values.storage }}
  volumeClaimTemplates:
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: data
        labels: {{- include "albireo.selector" . | nindent 10 }}
      spec:
        accessModes: [ReadWriteOnce]
        {{- with .values.storageClassName }}
        storageClassName: {{ . }}
        {{- end }}
        resources:
          requests: { storage: {{ .values.storage }} }
  {{- end }}
{{- end }}
