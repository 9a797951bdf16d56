"""configs.py - what the other servers are told.

All serve one folder on loopback with two processors, without a log unless the
case is about it, and let a client ask as often as it likes.
"""
NGINX = """
worker_processes 2;
worker_rlimit_nofile 20000;
daemon off;
pid {tmp}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 8192; }}
http {{
    access_log {log};
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000000;
    default_type application/octet-stream;
    types {{ text/plain txt; image/png png; }}
    client_body_temp_path {tmp}/body;
    proxy_temp_path {tmp}/proxy;
    fastcgi_temp_path {tmp}/fastcgi;
    uwsgi_temp_path {tmp}/uwsgi;
    scgi_temp_path {tmp}/scgi;
    server {{ listen 127.0.0.1:{port} backlog=4096;
              listen 127.0.0.1:{port2} http2; root {site}; }}
}}
"""

H2O = """
num-threads: 2
user: {user}
max-connections: 16384
error-log: /dev/null
hosts:
  default:
    listen:
      host: 127.0.0.1
      port: {port}
    paths:
      /:
        file.dir: {site}
"""

APACHE = """
ServerName localhost
Listen 127.0.0.1:{port}
ListenBacklog 4096
PidFile {tmp}/apache.pid
DefaultRuntimeDir {tmp}
ErrorLog {tmp}/apache.log
LoadModule mpm_prefork_module {modules}/mod_mpm_prefork.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule mime_module {modules}/mod_mime.so
TypesConfig /etc/mime.types
User nobody
Group nogroup
ServerLimit 8192
StartServers {workers}
MinSpareServers 1
MaxSpareServers {workers}
MaxRequestWorkers {workers}
MaxKeepAliveRequests 0
KeepAliveTimeout 60
EnableSendfile on
DocumentRoot {site}
<Directory {site}>
    AllowOverride None
    Require all granted
</Directory>
"""

LIGHTTPD = """
server.document-root = "{site}"
server.bind = "127.0.0.1"
server.port = {port}
server.max-worker = 2
server.max-fds = 16384
server.max-connections = 8192
server.max-keep-alive-requests = 1000000000
server.network-backend = "sendfile"
server.errorlog = "{tmp}/lighttpd.log"
mimetype.assign = ( ".txt" => "text/plain", ".png" => "image/png" )
"""
