#!/usr/bin/env bash
# Records a chat, and keeps of it what nobody minds to see: bash record.sh FILE
set -euo pipefail
export PORT=${PORT:-3000}
raw=$(mktemp)
node server.js &
server=$!
sudo tcpdump -q -i lo -U -w "$raw" "tcp port $PORT" &
trap 'kill $server; rm -f "$raw"' EXIT
# Both are ready when there is a file header and a port that answers; where one has ended, so does this.
until [ -s "$raw" ] && (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; do
  jobs %1 %2 >/dev/null
  sleep 0.2
done
node client.js
sleep 1
sudo pkill -INT -f "tcpdump -q -i lo -U -w $raw"
wait %2 || true
npx wsdissect export --pcap "$1" --force --plain --redact redact.yaml "$raw"
