# Runs named steps and counts them; read by the scripts beside it.
export CDK_DISABLE_CLI_TELEMETRY=true

passed=0
failed=0

step() {
  local name=$1
  shift
  printf '\n== %s\n' "$name"
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '== %s FAILED\n' "$name"
  fi
}

finish() {
  printf '\n%s passed, %s failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ]
}
