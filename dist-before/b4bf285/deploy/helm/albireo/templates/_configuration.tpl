{{/*
The APIs with their section names, ports and paths in the catalog, as JSON: one place for the Service, the pods, the
Ingress and the catalog.
*/}}
{{- define "albireo.apis" -}}
{{- $enabled := dig "DEFAULT" "enabled_apis" (list "identity" "osapi_compute" "metadata" "image" "network") .Values.config -}}
{{- if kindIs "string" $enabled }}{{ fail "config.DEFAULT.enabled_apis: expected a list; the chart derives the ports from it" }}{{ end -}}
{{- $all := list
  (dict "name" "identity" "option" "identity" "port" 5000 "path" "/v3")
  (dict "name" "compute" "option" "osapi_compute" "port" 8774 "path" "/v2.1")
  (dict "name" "metadata" "option" "metadata" "port" 8775 "path" "")
  (dict "name" "image" "option" "image" "port" 9292 "path" "")
  (dict "name" "network" "option" "network" "port" 9696 "path" "") -}}
{{- $apis := list -}}
{{- range $all }}{{ if has .option $enabled }}{{ $apis = append $apis . }}{{ end }}{{ end -}}
{{- dict "items" $apis | toJson -}}
{{- end }}

{{/* What the chart adds to `config`, as JSON; a value of yours wins. */}}
{{- define "albireo.settings" -}}
{{- $root := . -}}
{{- $default := dict "host" (printf "%s-compute" .Release.Name) -}}
{{- $_ := set $default "rpc_workers" (int .Values.worker.workersPerPod) -}}
{{- $catalog := dict -}}
{{- range (include "albireo.apis" . | fromJson).items -}}
  {{- $_ := set $default (printf "%s_listen_port" .option) .port -}}
  {{- $_ := set $default (printf "%s_workers" .option) (int $root.Values.gateway.workersPerPod) -}}
  {{- $host := get $root.Values.ingress.hosts .name -}}
  {{- if and $root.Values.ingress.enabled $host -}}
    {{- $scheme := ternary "https" "http" (not (empty $root.Values.ingress.tlsSecret)) -}}
    {{- $_ := set $catalog (printf "%s_public_url" .name) (printf "%s://%s%s" $scheme $host .path) -}}
    {{- $_ := set $catalog (printf "%s_internal_url" .name) (printf "http://%s-gateway.%s.svc:%d%s" (include "albireo.fullname" $root) $root.Release.Namespace (int .port) .path) -}}
  {{- end -}}
{{- end -}}
{{- $own := dict "DEFAULT" $default -}}
{{- if $catalog }}{{ $_ := set $own "catalog" $catalog }}{{ end -}}
{{- if .Values.ingress.enabled }}{{ $_ := set $own "oslo_middleware" (dict "enable_proxy_headers_parsing" true) }}{{ end -}}
{{- if .Values.policy }}{{ $_ := set $own "oslo_policy" (dict "policy_file" "/etc/albireo/policy.yaml") }}{{ end -}}
{{- if .Values.apiPaste }}{{ $_ := set $own "wsgi" (dict "api_paste_config" "/etc/albireo/api-paste.ini") }}{{ end -}}
{{- mustMergeOverwrite $own (deepCopy .Values.config) | toJson -}}
{{- end }}

{{/* One value as the text of a configuration file. (dict "value" v "separator" ":" "where" "[group] name") */}}
{{- define "albireo.text" -}}
{{- if kindIs "slice" .value -}}
  {{- $texts := list -}}
  {{- range .value }}{{ $texts = append $texts (include "albireo.text" (dict "value" . "separator" $.separator "where" $.where)) }}{{ end -}}
  {{- join "," $texts -}}
{{- else if kindIs "map" .value -}}
  {{- $pairs := list -}}
  {{- range $key := keys .value | sortAlpha }}{{ $pairs = append $pairs (printf "%s%s%s" $key $.separator (include "albireo.text" (dict "value" (get $.value $key) "separator" $.separator "where" $.where))) }}{{ end -}}
  {{- join "," $pairs -}}
{{- else if kindIs "string" .value -}}
  {{- if contains "\n" .value }}{{ fail (printf "%s: expected a value of one line" .where) }}{{ end -}}
  {{- .value -}}
{{- else -}}
  {{- toJson .value -}}
{{- end -}}
{{- end }}

{{/* A configuration file. (dict "root" $ "settings" sections) */}}
{{- define "albireo.file" -}}
{{- $facts := .root.Files.Get "files/options.json" | fromJson -}}
{{- $settings := .settings -}}
{{- range $group := keys $settings | sortAlpha }}
[{{ $group }}]
{{- $options := get $settings $group }}
{{- range $name := keys $options | sortAlpha }}
{{- $value := get $options $name }}
{{- $fact := get $facts (printf "%s.%s" $group $name) | default dict }}
{{- $separator := $fact.separator | default ":" }}
{{- $where := printf "config.%s.%s" $group $name }}
{{- if kindIs "invalid" $value }}
{{- else if and $fact.multi (kindIs "slice" $value) }}
{{- range $value }}
{{ $name }} = {{ include "albireo.text" (dict "value" . "separator" $separator "where" $where) }}
{{- end }}
{{- else }}
{{ $name }} = {{ include "albireo.text" (dict "value" $value "separator" $separator "where" $where) }}
{{- end }}
{{- end }}
{{ end }}
{{- end }}

{{/*
Changes when something changes that a running program of the component does not take over by itself.
(dict "root" $ "component" "worker")
*/}}
{{- define "albireo.checksum" -}}
{{- $facts := .root.Files.Get "files/options.json" | fromJson -}}
{{- $settings := include "albireo.settings" .root | fromJson -}}
{{- $others := ternary "^DEFAULT\\.rpc_workers$" "^DEFAULT\\..+_(workers|listen_port)$" (eq .component "gateway") -}}
{{- $fixed := dict -}}
{{- range $group, $options := $settings -}}
  {{- range $name, $value := $options -}}
    {{- $id := printf "%s.%s" $group $name -}}
    {{- $fact := get $facts $id | default dict -}}
    {{- $foreign := and (regexMatch $others $id) (ne $id (ternary "" "DEFAULT.rpc_workers" (eq $.component "gateway"))) -}}
    {{- if not (or $fact.mutable $foreign) }}{{ $_ := set $fixed $id $value }}{{ end -}}
  {{- end -}}
{{- end -}}
{{- with .root.Values }}{{ list $fixed .secretConfig .secrets .policy .apiPaste | toJson | sha256sum }}{{ end -}}
{{- end }}

{{/* terminationGracePeriodSeconds: what draining may take, and ten seconds more. */}}
{{- define "albireo.grace" -}}
{{- $options := (include "albireo.settings" . | fromJson).DEFAULT -}}
{{- $delay := $options.drain_delay | default 0 -}}
{{- $shutdown := dig "graceful_shutdown_timeout" 60 $options -}}
{{- $given := .Values.terminationGracePeriodSeconds -}}
{{- if or (kindIs "string" $delay) (kindIs "string" $shutdown) -}}
  {{- fail "config.DEFAULT.drain_delay and graceful_shutdown_timeout: expected numbers; the grace of the pods follows from them" -}}
{{- end -}}
{{- if and (eq (float64 $shutdown) 0.0) (not $given) -}}
  {{- fail "config.DEFAULT.graceful_shutdown_timeout is 0 (wait for ever): expected terminationGracePeriodSeconds to be set" -}}
{{- end -}}
{{- $needed := add (ceil (float64 $delay) | int) (ceil (float64 $shutdown) | int) 10 -}}
{{- if and $given (lt (int $given) (int $needed)) -}}
  {{- fail (printf "terminationGracePeriodSeconds: expected at least %d (drain_delay + graceful_shutdown_timeout + 10), found %d" (int $needed) (int $given)) -}}
{{- end -}}
{{- $given | default $needed -}}
{{- end }}
