"""Sends requests through the real oslo.middleware: cases as JSON on stdin, answers as JSON on stdout."""
import json
import logging
import sys
import warnings

logging.disable(logging.CRITICAL)
warnings.simplefilter('ignore')

from oslo_middleware import cors, healthcheck, http_proxy_to_wsgi  # noqa: E402
import webob  # noqa: E402


@webob.dec.wsgify
def application(request):
    """An API that answers with what it sees, varies by a version, and has no OPTIONS."""
    if request.method == 'OPTIONS':
        return webob.Response(status=405)
    seen = {'url': f'{request.scheme}://{request.host}{request.script_name}', 'client': request.remote_addr}
    return webob.Response(json_body=seen, headers={'Vary': 'X-Version'})


def made(case):
    conf = {key: str(value) for key, value in case['options'].items()}
    conf['oslo_config_project'] = 'nothing'
    if case['filter'] == 'cors':
        return cors.CORS(application, conf)
    if case['filter'] == 'healthcheck':
        return healthcheck.Healthcheck(application, conf)
    return http_proxy_to_wsgi.HTTPProxyToWSGI(application, conf)


def answer(case):
    middleware = made(case)
    answers = []
    for asked in case['requests']:
        request = webob.Request.blank(asked['path'], method=asked['method'], headers=asked['headers'],
                                      environ={'REMOTE_ADDR': '127.0.0.1'})
        response = request.get_response(middleware)
        headers = {name.lower(): value for name, value in response.headers.items()}
        answers.append({'status': response.status_int, 'headers': headers, 'body': response.text})
    return answers


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
