<html><body>Scripts for browsers. Do not delete.</body></html>
