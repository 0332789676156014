"""Horizon's settings with an Albireo behind it; what differs between deployments comes from variables.

OPENSTACK_KEYSTONE_URL  the Identity API, with /v3
DASHBOARD_ENDPOINTS     which of the catalog's URLs Horizon asks: publicURL (default), internalURL, adminURL
DASHBOARD_SECRET_FILE   a file with the key that sessions are signed with; without it a new one at each start
DASHBOARD_STATE         folder of sessions, written to (default /tmp/dashboard)
DASHBOARD_STATIC        folder of the style sheets and scripts that `django-admin collectstatic` and `compress` have made
DASHBOARD_HOSTS         names that a browser may ask by, with commas between (default: any)
"""

import os
import secrets

from horizon.utils import secret_key


def _session_key(*_):
    if not os.environ.get("DASHBOARD_SECRET_FILE"):
        return secrets.token_urlsafe(48)
    with open(os.environ["DASHBOARD_SECRET_FILE"], encoding="utf-8") as file:
        return file.read().strip()


# Horizon's own settings would keep a key beside its code: one for all who have the image, and not to be read by its user.
secret_key.generate_or_read_from_file = _session_key

from openstack_dashboard.settings import *  # noqa: E402,F401,F403

OPENSTACK_KEYSTONE_URL = os.environ.get("OPENSTACK_KEYSTONE_URL", "http://127.0.0.1:5000/v3")
OPENSTACK_ENDPOINT_TYPE = os.environ.get("DASHBOARD_ENDPOINTS", "publicURL")
OPENSTACK_KEYSTONE_MULTIDOMAIN_SUPPORT = True
OPENSTACK_KEYSTONE_DEFAULT_DOMAIN = "Default"
OPENSTACK_KEYSTONE_DEFAULT_ROLE = "member"
ALLOWED_HOSTS = os.environ.get("DASHBOARD_HOSTS", "*").split(",")
TIME_ZONE = "UTC"

# The networks' extras that are off at first.
OPENSTACK_NEUTRON_NETWORK = {
    "enable_auto_allocated_network": False,
    "enable_distributed_router": False,
    "enable_fip_topology_check": True,
    "enable_ha_router": False,
    "enable_ipv6": True,
    "enable_quotas": True,
    "enable_rbac_policy": True,
    "enable_router": True,
    "enable_port_forwardings": True,
}
OPENSTACK_HYPERVISOR_FEATURES = {"can_set_mount_point": False, "can_set_password": True, "requires_keypair": False}
# There is no Placement API behind it.
SHOW_RESOURCE_PROVIDER_SUMMARY = False
# Images' data goes from the browser to Horizon and on, so that the Image API need not allow other origins.
HORIZON_IMAGES_UPLOAD_MODE = "legacy"

DASHBOARD_STATE = os.environ.get("DASHBOARD_STATE", "/tmp/dashboard")
os.makedirs(DASHBOARD_STATE, mode=0o700, exist_ok=True)
SESSION_ENGINE = "django.contrib.sessions.backends.file"
SESSION_FILE_PATH = DASHBOARD_STATE
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

STATIC_ROOT = os.environ.get("DASHBOARD_STATIC", os.path.join(DASHBOARD_STATE, "static"))
COMPRESS_OFFLINE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("DASHBOARD_LOG", "WARNING")},
}
