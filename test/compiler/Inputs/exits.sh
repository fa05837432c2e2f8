# exits.sh CODE COMMAND...: succeeds when COMMAND ends with CODE.
code=$1
shift
"$@"
got=$?
if [ $got -ne "$code" ]; then
  echo "exit code $got where $code is expected" >&2
  exit 1
fi
