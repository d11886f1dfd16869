{{- define "rollouts.name" -}}
{{- .Values.fullnameOverride | default .Release.Name | trunc 44 | trimSuffix "-" }}
{{- end }}

{{- define "rollouts.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "rollouts.name" .) }}
{{- end }}

{{- define "rollouts.selectorLabels" -}}
app.kubernetes.io/instance: {{ include "rollouts.name" . }}
app.kubernetes.io/name: rollout-render
{{- end }}

{{- define "rollouts.labels" -}}
app.kubernetes.io/component: controller
{{ include "rollouts.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: rollout-render
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "rollouts.image" -}}
{{- if .Values.image.digest -}}
{{ printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else -}}
{{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) }}
{{- end -}}
{{- end }}

{{- /* A role with the rules of its key, and its binding. */}}
{{- define "rollouts.role" -}}
{{- $root := .root -}}
{{- $prefix := ternary "" "Cluster" (ne .namespace "") -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $prefix }}Role
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels: {{- include "rollouts.labels" $root | nindent 4 }}
rules: {{- toYaml .rules | nindent 0 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $prefix }}RoleBinding
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels: {{- include "rollouts.labels" $root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $prefix }}Role
  name: {{ .name }}
subjects:
- kind: ServiceAccount
  name: {{ include "rollouts.serviceAccount" $root }}
  namespace: {{ $root.Release.Namespace }}
{{- end }}
