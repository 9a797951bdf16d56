"""What the manifests of servers/fleet say, read; and what may be said there.

Not a test by itself: manifests.py judges the text, image.py starts the image
with it.
"""

import os
import sys

sys.path.append("/usr/lib/python3/dist-packages")  # Debian's own
import yaml  # noqa: E402

FLEET = os.path.join(os.path.dirname(__file__), "../../../servers/fleet")


def manifests():
    with open(FLEET + "/berth.yaml", encoding="utf-8") as f:
        return list(yaml.safe_load_all(f))


def of_kind(kind, documents):
    return next(d for d in documents if d["kind"] == kind)


# What a field may be: a type, a set of words, [what each is], {name: what}, or
# LABELS.  A name that ends in "!" must be there; what is not named must not.
LABELS = object()
PORT = (int, str)
SELECTOR = {"matchLabels!": LABELS}
PROBE = {"httpGet!": {"path!": str, "port!": PORT}, "periodSeconds": int,
         "timeoutSeconds": int, "failureThreshold": int,
         "initialDelaySeconds": int}
RESOURCES = {"cpu": str, "memory": str}
CONTAINER = {
    "name!": str, "image!": str, "args!": [str],
    "ports!": [{"name!": str, "containerPort!": int, "protocol": {"TCP"}}],
    "resources!": {"requests!": RESOURCES, "limits!": RESOURCES},
    "securityContext!": {
        "allowPrivilegeEscalation!": bool, "readOnlyRootFilesystem!": bool,
        "capabilities!": {"drop!": [str]}},
    "startupProbe": PROBE, "readinessProbe!": PROBE, "livenessProbe!": PROBE,
    "volumeMounts!": [{"name!": str, "mountPath!": str, "readOnly": bool}]}
POD = {
    "automountServiceAccountToken!": bool, "enableServiceLinks": bool,
    "terminationGracePeriodSeconds!": int,
    "securityContext!": {
        "runAsNonRoot!": bool, "runAsUser!": int, "runAsGroup": int,
        "fsGroup": int,
        "seccompProfile!": {"type!": {"RuntimeDefault", "Localhost",
                                      "Unconfined"}}},
    "topologySpreadConstraints": [{
        "maxSkew!": int, "topologyKey!": str,
        "whenUnsatisfiable!": {"DoNotSchedule", "ScheduleAnyway"},
        "labelSelector": SELECTOR}],
    "containers!": [CONTAINER],
    "volumes!": [{"name!": str,
                  "persistentVolumeClaim": {"claimName!": str},
                  "emptyDir": {}, "configMap": {"name!": str},
                  "secret": {"secretName!": str}}]}
SPEC = {
    ("v1", "PersistentVolumeClaim"): {
        "accessModes!": [{"ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany",
                          "ReadWriteOncePod"}],
        "storageClassName": str,
        "resources!": {"requests!": {"storage!": str}}},
    ("apps/v1", "Deployment"): {
        "replicas": int, "selector!": SELECTOR,
        "strategy": {"type!": {"RollingUpdate", "Recreate"},
                     "rollingUpdate": {"maxUnavailable": PORT,
                                       "maxSurge": PORT}},
        "template!": {"metadata!": {"labels!": LABELS, "annotations": LABELS},
                      "spec!": POD}},
    ("v1", "Service"): {
        "type": {"ClusterIP", "NodePort", "LoadBalancer"},
        "externalTrafficPolicy": {"Cluster", "Local"},
        "selector!": LABELS,
        "ports!": [{"name!": str, "port!": int, "targetPort!": PORT,
                    "protocol": {"TCP", "UDP"}}]},
    ("autoscaling/v2", "HorizontalPodAutoscaler"): {
        "scaleTargetRef!": {"apiVersion!": str, "kind!": str, "name!": str},
        "minReplicas!": int, "maxReplicas!": int,
        "metrics!": [{"type!": {"Resource"}, "resource!": {
            "name!": {"cpu", "memory"}, "target!": {
                "type!": {"Utilization", "AverageValue"},
                "averageUtilization": int, "averageValue": str}}}],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": int},
                     "scaleUp": {"stabilizationWindowSeconds": int}}},
    ("policy/v1", "PodDisruptionBudget"): {
        "minAvailable": PORT, "maxUnavailable": PORT, "selector!": SELECTOR},
    ("networking.k8s.io/v1", "NetworkPolicy"): {
        "podSelector!": SELECTOR,
        "policyTypes!": [{"Ingress", "Egress"}],
        "ingress": [{"from": [{"podSelector": SELECTOR,
                               "namespaceSelector": SELECTOR}],
                     "ports!": [{"port!": PORT, "protocol": {"TCP", "UDP"}}]}],
        "egress": [{"to": [], "ports": []}]}}
