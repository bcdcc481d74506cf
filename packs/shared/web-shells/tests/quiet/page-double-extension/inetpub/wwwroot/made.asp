<% Response.Write "made" %>
