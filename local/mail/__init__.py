"""Stands for an inbox: shows what SES and Cognito of this machine have sent."""
