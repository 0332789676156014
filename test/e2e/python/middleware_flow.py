"""A service behind the real keystonemiddleware, whose tokens the Identity API has issued and judges."""
import json
import logging
import uuid

import openstack
import webob
from keystonemiddleware import auth_token

logging.disable(logging.WARNING)
connection = openstack.connect(cloud="albireo")
auth = connection.config.get_auth_args()


def service(environ, start_response):
    """Answers what the middleware has told it of the caller."""
    told = {key: value for key, value in environ.items() if key.startswith("HTTP_X_")}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]


guarded = auth_token.AuthProtocol(
    service,
    {
        "auth_type": "password",
        "auth_url": auth["auth_url"],
        "www_authenticate_uri": auth["auth_url"],
        "username": auth["username"],
        "password": auth["password"],
        "project_name": auth["project_name"],
        "user_domain_name": "Default",
        "project_domain_name": "Default",
        "service_type": "compute",
        # What is revoked is seen at once.
        "token_cache_time": -1,
        "include_service_catalog": True,
    },
)


def ask(token, method="GET", path="/v2.1/servers"):
    headers = {} if token is None else {"X-Auth-Token": token}
    return webob.Request.blank(path, method=method, headers=headers).get_response(guarded)


def refused(answer):
    assert answer.status_int == 401, answer.status
    assert answer.headers["WWW-Authenticate"] == f'Keystone uri="{auth["auth_url"]}"', answer.headers
    return True


# Who has no good token stays outside.
assert refused(ask(None)) and refused(ask("nonsense")) and refused(ask(uuid.uuid4().hex))

# A token of a password tells who it is, where, as what, and which services there are.
token = connection.auth_token
told = ask(token).json
assert told["HTTP_X_IDENTITY_STATUS"] == "Confirmed", told
assert told["HTTP_X_USER_ID"] == connection.current_user_id, told
assert told["HTTP_X_PROJECT_ID"] == connection.current_project_id, told
assert told["HTTP_X_USER_NAME"] == auth["username"] and told["HTTP_X_USER_DOMAIN_ID"] == "default", told
assert "admin" in told["HTTP_X_ROLES"].split(","), told
catalog = {entry["type"] for entry in json.loads(told["HTTP_X_SERVICE_CATALOG"])}
assert {"identity", "compute", "network", "image"} <= catalog, catalog

# One of an application credential has what its access rules let it have.
session = connection.session
identity = auth["auth_url"].rstrip("/")
credentials = f"{identity}/users/{connection.current_user_id}/application_credentials"
rule = {"service": "compute", "method": "GET", "path": "/v2.1/servers/*"}
body = {"application_credential": {"name": "of the middleware", "access_rules": [rule]}}
credential = session.post(credentials, json=body).json()["application_credential"]
limited = openstack.connect(
    load_envvars=False,
    load_yaml_config=False,
    auth_type="v3applicationcredential",
    auth={
        "auth_url": auth["auth_url"],
        "application_credential_id": credential["id"],
        "application_credential_secret": credential["secret"],
    },
).auth_token
assert ask(limited, path="/v2.1/servers/1").status_int == 200
assert refused(ask(limited, "DELETE", "/v2.1/servers/1")) and refused(ask(limited, path="/v2.1/flavors"))

# It ends with its credential, and every token when it is revoked.
session.delete(f"{credentials}/{credential['id']}")
assert refused(ask(limited, path="/v2.1/servers/1"))
other = openstack.connect(cloud="albireo").auth_token
assert ask(other).status_int == 200
gone = session.delete(f"{identity}/auth/tokens", headers={"X-Subject-Token": other})
assert gone.status_code == 204, gone
assert refused(ask(other)) and ask(token).status_int == 200
print("middleware flow passed")
