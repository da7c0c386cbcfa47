{
clientIdentifier: '9a92ea44-244c-4cda-86be-6a9e32ba8f34',
page: 1,
limit: 10,
order: 'desc',
type: 'individual',
channelType: 'whatsapp',
name: 'João'
}