#!/usr/bin/env python3
"""The manifests and the Containerfile: is their form right, do they fit one
another and the program, and do they ask for no right too many?

No package of Debian has Kubernetes' schemas, so fleet.py says what of them is
used.  What judges is itself tried: each guard must notice when it is broken.
"""

import copy
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../peers/lib"))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from fleet import FLEET, LABELS, SPEC, manifests, of_kind
from peer import check, done, read, run, told

NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
QUANTITY = re.compile(r"\d+(m|Ki|Mi|Gi)?$")


def fits(value, what, where):
    """Yield what is wrong with the form of a value."""
    if what is LABELS:
        if not isinstance(value, dict) or not all(
                isinstance(v, str) for v in value.values()):
            yield f"{where}: labels are texts"
    elif isinstance(what, dict):
        if not isinstance(value, dict):
            yield f"{where}: is no mapping"
            return
        known = {name.rstrip("!"): w for name, w in what.items()}
        for name in what:
            if name.endswith("!") and name[:-1] not in value:
                yield f"{where}: lacks {name[:-1]}"
        for name, v in value.items():
            if name not in known:
                yield f"{where}: there is no {name}"
            else:
                yield from fits(v, known[name], f"{where}.{name}")
    elif isinstance(what, list):
        if not isinstance(value, list):
            yield f"{where}: is no list"
            return
        for i, v in enumerate(value):
            yield from fits(v, what[0], f"{where}[{i}]")
    elif isinstance(what, set):
        if value not in what:
            yield f"{where}: {value!r} is none of {sorted(what)}"
    elif isinstance(value, bool) and what is not bool or \
            not isinstance(value, what):
        yield f"{where}: {value!r} is of another type"


def form(documents):
    for d in documents:
        where = f"{d.get('kind')}"
        spec = SPEC.get((d.get("apiVersion"), d.get("kind")))
        if spec is None:
            yield f"{where}: not known in {d.get('apiVersion')}"
            continue
        yield from fits(d, {
            "apiVersion!": str, "kind!": str, "spec!": spec,
            "metadata!": {"name!": str, "labels": LABELS}}, where)
        if not NAME.match(d["metadata"]["name"]):
            yield f"{where}: {d['metadata']['name']!r} is no name"


def strings(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [s for v in value for s in strings(v)]
    return [value]


def together(documents):
    """Yield what does not fit together."""
    deployment = of_kind("Deployment", documents)
    template = deployment["spec"]["template"]
    labels = template["metadata"]["labels"].items()
    pod = template["spec"]
    container = pod["containers"][0]
    ports = {p["name"]: p["containerPort"] for p in container["ports"]}

    def chooses(who, selector):
        if not selector.items() <= labels:
            yield f"{who}: chooses other pods"

    yield from chooses("Deployment",
                       deployment["spec"]["selector"]["matchLabels"])
    service = of_kind("Service", documents)["spec"]
    yield from chooses("Service", service["selector"])
    for p in service["ports"]:
        if p["targetPort"] not in ports:
            yield f"Service: no port {p['targetPort']}"
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        if container[probe]["httpGet"]["port"] not in ports:
            yield f"{probe}: no such port"
    if container["livenessProbe"]["httpGet"]["path"] != "/livez" or \
            container["readinessProbe"]["httpGet"]["path"] != "/readyz/http":
        yield "probes: /livez is for life, /readyz/http for readiness: no full disk takes the site away"
    budget = of_kind("PodDisruptionBudget", documents)["spec"]
    yield from chooses("PodDisruptionBudget",
                       budget["selector"]["matchLabels"])
    scaler = of_kind("HorizontalPodAutoscaler", documents)["spec"]
    if not budget["minAvailable"] < scaler["minReplicas"] \
            <= scaler["maxReplicas"]:
        yield "so many must stay that no node can be emptied"
    target = scaler["scaleTargetRef"]
    if (target["apiVersion"], target["kind"], target["name"]) != (
            "apps/v1", "Deployment", deployment["metadata"]["name"]):
        yield "HorizontalPodAutoscaler: another's"
    if "replicas" in deployment["spec"]:
        yield "Deployment: replicas undoes what the autoscaler has set"
    for resource in ("cpu", "memory"):
        if not QUANTITY.match(container["resources"]["requests"][resource]):
            yield f"resources: {resource} is no quantity"
    policy = of_kind("NetworkPolicy", documents)["spec"]
    yield from chooses("NetworkPolicy", policy["podSelector"]["matchLabels"])
    allowed = {p["port"] for rule in policy["ingress"] for p in rule["ports"]}
    if allowed != set(ports):
        yield f"NetworkPolicy: lets in to {allowed}"
    if set(policy["policyTypes"]) != {"Ingress", "Egress"} or \
            policy["egress"]:
        yield "NetworkPolicy: pods may connect"
    claims = {d["metadata"]["name"] for d in documents
              if d["kind"] == "PersistentVolumeClaim"}
    volumes = {v["name"]: v for v in pod["volumes"]}
    for v in volumes.values():
        if v["persistentVolumeClaim"]["claimName"] not in claims:
            yield "volumes: no such claim"
    for m in container["volumeMounts"]:
        if m["name"] not in volumes:
            yield f"volumeMounts: no volume {m['name']}"
    option = dict(zip(container["args"], container["args"][1:]))
    for name in ("http", "smtp", "health"):
        if option.get("--" + name) != f"*:{ports.get(name)}":
            yield f"--{name} listens elsewhere"
    if pod["terminationGracePeriodSeconds"] <= int(
            option["--drain-delay"]) + int(option["--grace"]):
        yield "it is killed before it has drained"
    ready = container["readinessProbe"]
    if ready.get("periodSeconds", 10) * ready.get("failureThreshold", 3) + \
            ready.get("timeoutSeconds", 1) >= int(option["--drain-delay"]):
        yield "it no longer accepts before it is known that it drains"
    if option["--mail"] not in [m["mountPath"] for m in
                                container["volumeMounts"]]:
        yield "--mail is on no volume"


def rights(documents):
    """Yield what the Pod Security Standard "restricted", or we, forbid."""
    pod = of_kind("Deployment", documents)["spec"]["template"]["spec"]
    whole = pod["securityContext"]
    if pod["automountServiceAccountToken"]:
        yield "a token to speak to Kubernetes"
    if not whole["runAsNonRoot"] or whole["runAsUser"] == 0:
        yield "root"
    if whole["seccompProfile"]["type"] != "RuntimeDefault":
        yield "no seccomp"
    for c in pod["containers"]:
        own = c["securityContext"]
        if own["allowPrivilegeEscalation"]:
            yield "new privileges"
        if not own["readOnlyRootFilesystem"]:
            yield "a root that can be written"
        if own["capabilities"]["drop"] != ["ALL"]:
            yield "capabilities"
        if "memory" not in c["resources"]["limits"]:
            yield "all of the memory"


def faults(documents):
    found = list(form(documents))
    return found or list(together(documents)) + list(rights(documents))


documents = manifests()
found = faults(documents)
check("the manifests are right", not found, "\n".join(found))
check("all that is wanted is there", sorted(d["kind"] for d in documents) == [
    "Deployment", "HorizontalPodAutoscaler", "NetworkPolicy",
    "PersistentVolumeClaim", "PodDisruptionBudget", "Service"])

# Each of these is a mistake, and must be found.
DEPLOYMENT = "Deployment.spec.template.spec."
BROKEN = {
    DEPLOYMENT + "securityContext.runAsUser": 0,
    DEPLOYMENT + "securityContext.runAsNonRoot": False,
    DEPLOYMENT + "securityContext.seccompProfile.type": "Unconfined",
    DEPLOYMENT + "automountServiceAccountToken": True,
    DEPLOYMENT + "terminationGracePeriodSeconds": 40,
    DEPLOYMENT + "hostNetwork": True,
    DEPLOYMENT + "containers.0.securityContext.privileged": True,
    DEPLOYMENT + "containers.0.securityContext.readOnlyRootFilesystem": False,
    DEPLOYMENT + "containers.0.securityContext.allowPrivilegeEscalation": True,
    DEPLOYMENT + "containers.0.securityContext.capabilities.drop": ["KILL"],
    DEPLOYMENT + "containers.0.readinessProbe.httpGet.path": "/livez",
    DEPLOYMENT + "containers.0.readinessProbe.failureThreshold": 5,
    DEPLOYMENT + "containers.0.readinessProbe.httpGet.port": "nowhere",
    DEPLOYMENT + "containers.0.ports.0.containerPort": 8081,
    DEPLOYMENT + "containers.0.ports.0.containerPort ": 8080,
    DEPLOYMENT + "containers.0.volumeMounts.0.mountPath": "/mail",
    DEPLOYMENT + "containers.0.volumeMounts.0.name": "letters",
    DEPLOYMENT + "containers.0.resources.requests.memory": "some",
    DEPLOYMENT + "volumes.0.persistentVolumeClaim.claimName": "letters",
    "Deployment.spec.template.metadata.labels":
        {"app.kubernetes.io/name": "birth"},
    "Deployment.spec.replicas": 3,
    "Deployment.apiVersion": "apps/v1beta1",
    "Deployment.metadata.name": "Berth",
    "Service.spec.ports.0.targetPort": "htpp",
    "Service.spec.ports.0.port": "80",
    "HorizontalPodAutoscaler.spec.minReplicas": 2,
    "HorizontalPodAutoscaler.spec.scaleTargetRef.name": "birth",
    "PodDisruptionBudget.spec.minAvailable": 3,
    "NetworkPolicy.spec.egress": [{}],
    "NetworkPolicy.spec.policyTypes": ["Ingress"],
    "NetworkPolicy.spec.ingress.1.ports.0.port": "http",
    "PersistentVolumeClaim.spec.accessModes": ["ReadWriteSome"]}
missed = []
for path, value in BROKEN.items():
    kind, *way = path.split(".")
    broken = copy.deepcopy(documents)
    at = of_kind(kind, broken)
    for step in way[:-1]:
        at = at[int(step) if isinstance(at, list) else step]
    at[int(way[-1]) if isinstance(at, list) else way[-1]] = value
    if not faults(broken):
        missed.append(path)
check("each mistake is found", not missed, "\n".join(missed))

# The program itself takes what stands there.
container = of_kind("Deployment", documents)["spec"]["template"]["spec"][
    "containers"][0]
got = run("berth", *container["args"], "--print-config")
check("berth takes its arguments", got.returncode == 0 and
      b"drain-delay" in got.stdout, told(got))

recipe = read(FLEET + "/Containerfile").decode()
said = dict(re.findall(r"^([A-Z]+) (.*)$", recipe, re.M))
user = of_kind("Deployment", documents)["spec"]["template"]["spec"][
    "securityContext"]
check("Containerfile: the same user", said["USER"] ==
      f"{user['runAsUser']}:{user['runAsGroup']}", said["USER"])
check("the same ports", said["EXPOSE"].split() == [
    str(p["containerPort"]) for p in container["ports"]], said["EXPOSE"])
check("nothing below it, and berth in it",
      said["FROM"] == "scratch" and
      json.loads(said["ENTRYPOINT"]) == ["/usr/bin/berth"])
got = run("berth", *json.loads(said["CMD"]), "--print-config")
check("berth takes its arguments, too", got.returncode == 0, told(got))
done()
