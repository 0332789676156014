"""Horizon for gunicorn, its static files with it: gunicorn --chdir deploy/dashboard albireo_dashboard.wsgi"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "albireo_dashboard.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

application = WhiteNoise(get_wsgi_application(), root=settings.STATIC_ROOT, prefix=settings.STATIC_URL)
