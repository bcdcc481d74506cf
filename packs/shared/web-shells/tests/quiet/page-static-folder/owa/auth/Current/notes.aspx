<html><body>made: no server code</body></html>
