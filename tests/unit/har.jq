# What HTTP Archive 1.2 asks of a file, as far as its tables say: members, types, units, sums.
# jq -e -f har.jq FILE
def text: type == "string";
def number_or_none: type == "number" and . >= -1;
def only(names): (keys - names) == [];
def pairs: type == "array" and all(.[]; only(["name", "value", "comment"]) and (.name | text) and (.value | text));
def entry:
  only(["pageref", "startedDateTime", "time", "request", "response", "cache", "timings", "serverIPAddress", "connection", "comment"])
  and (.startedDateTime | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$"))
  and (.time | type == "number" and . >= 0)
  and (.cache | type == "object");
def request:
  only(["method", "url", "httpVersion", "cookies", "headers", "queryString", "postData", "headersSize", "bodySize", "comment"])
  and (.method | text) and (.url | test("^https?://")) and (.httpVersion | test("^HTTP/"))
  and (.cookies == []) and (.headers | pairs) and (.queryString | pairs)
  and (.headersSize | number_or_none) and (.bodySize | number_or_none)
  and (if has("postData") then .postData | only(["mimeType", "params", "text", "comment", "encoding"]) and (.mimeType | text) and (.text | text) else true end);
def response:
  only(["status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize", "bodySize", "comment"])
  and (.status | type == "number") and (.statusText | text) and (.httpVersion | test("^HTTP/"))
  and (.cookies == []) and (.headers | pairs) and (.redirectURL | text)
  and (.headersSize | number_or_none) and (.bodySize | number_or_none)
  and (.content | only(["size", "compression", "mimeType", "text", "encoding", "comment"]) and (.size | type == "number") and (.mimeType | text)
       and (if has("encoding") then .encoding == "base64" and (.text | @base64d | type == "string") else true end));
def timings:
  only(["blocked", "dns", "connect", "send", "wait", "receive", "ssl", "comment"])
  and (.send >= 0) and (.wait >= 0) and (.receive >= 0)
  and ([.blocked, .dns, .connect, .ssl] | all(number_or_none));
# "time" is the sum of the phases but for those that are -1; ssl is a part of connect.
def whole: ([.timings.blocked, .timings.dns, .timings.connect, .timings.send, .timings.wait, .timings.receive] | map(select(. > 0)) | add // 0) - .time | fabs < 1;

only(["log"])
and (.log | only(["version", "creator", "browser", "pages", "entries", "comment"]) and .version == "1.2")
and (.log.creator | only(["name", "version", "comment"]) and (.name | text) and (.version | text))
and (.log.entries | length == 1)
and (.log.entries | all(.[]; entry and (.request | request) and (.response | response) and (.timings | timings) and whole))
