#!/bin/sh
# A streamed chat completion by curl, with the options that are given besides. Status 0: it took
# what came for an answer.
exec curl --silent --show-error --fail --no-buffer --max-time 5 --output answer "$@" \
    --header "Authorization: Bearer $OPENAI_API_KEY" --header 'Content-Type: application/json' \
    --data '{"model":"'"$COMETDECK_MODEL"'","stream":true,"messages":[{"role":"user","content":"Hi"}]}' \
    "$OPENAI_BASE_URL/chat/completions"
